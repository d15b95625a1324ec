create procedure etl.p_round() language plpgsql as $$
begin
    delete from dw.m;
    insert into dw.m (id, n2, n0, i_from_n, i_from_f, s, r)
    select id, n, n, n, f, n * 10, f / 3 from src.m;
    insert into dw.total select 'n2', sum(n2) from dw.m union all select 'n0', sum(n0) from dw.m union all select 'i', sum(i_from_n + i_from_f) from dw.m;
end $$;
