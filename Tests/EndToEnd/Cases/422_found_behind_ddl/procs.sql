create procedure etl.p() language plpgsql as $$
begin
    perform 1 from src.ev;
    truncate dw.t;
    if found then
        insert into dw.log values (1, 'found');
    end if;
    perform 1 from src.ev where id = 1;
    create temp table x on commit drop as select * from src.ev where id > 3;
    if not found then
        insert into dw.log values (2, 'not found');
    end if;
    insert into dw.t select code, id from x;
end $$;
