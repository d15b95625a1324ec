create procedure etl.p_reuse() language plpgsql as $$
begin
    create temp table tmp as select id, v from src.s;
    insert into dw.out select id::text, v from tmp;
    drop table tmp;
    create temp table tmp (a text, b numeric(4,0) default 8);
    insert into tmp (a) select a from dw.tmp;
    insert into tmp select 's' || id, v from src.s;
    insert into dw.out select a, b * 1.25 from tmp;
    drop table if exists tmp;
    insert into dw.tmp select max(a) from dw.out;
end $$;
