create procedure etl.p_rebuild() language plpgsql as $$
begin
    drop table if exists dw.snap;
    create table dw.snap as select id, upper(name) as name, amount, amount * 2 as twice, day, count(*) over (partition by id) as n, true as ok from src.s;
    update dw.snap set amount = amount + 0.0006 where name is not null;
    insert into dw.snap (id, n) values (7, 0);
    delete from dw.snap where ok and day is null;
end $$;
