create procedure etl.p_trigger() language plpgsql as $$
begin
    delete from dw.s where id > 5;
    insert into dw.s (id, v) select id, v from src.s;
    update dw.s set v = v || 'x' where id = 1;
end $$;
