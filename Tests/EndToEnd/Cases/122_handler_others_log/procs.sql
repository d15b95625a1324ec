create procedure etl.p_others() language plpgsql as $$
declare
    v_n int := 0;
begin
    delete from dw.s;
    insert into dw.s select id, v::int from src.s;
    get diagnostics v_n = row_count;
    insert into dw.log values ('ok', null, v_n);
exception
    when others then
        insert into dw.log values ('failed', sqlstate, v_n);
end $$;
