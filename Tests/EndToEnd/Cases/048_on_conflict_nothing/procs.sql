create procedure etl.p_nothing() language plpgsql as $$
declare
    v_n bigint;
begin
    insert into dw.s (id, code, v) select id, code, v from src.s on conflict do nothing;
    get diagnostics v_n = row_count;
    insert into dw.log values (v_n);
    insert into dw.s (id, code) select id + 10, code from src.s where code is distinct from 'b' on conflict (id) do nothing;
    get diagnostics v_n = row_count;
    insert into dw.log values (v_n);
    delete from dw.s where id = 8;
end $$;
