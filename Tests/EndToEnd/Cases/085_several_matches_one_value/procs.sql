create procedure etl.p_several() language plpgsql as $$
declare
    v_n bigint;
begin
    update dw.t set flag = f.flag, n = n + 1 from src.flag f where f.id = t.id;
    get diagnostics v_n = row_count;
    insert into dw.log values (v_n);
    update dw.t set n = t.n + 10 from src.flag f, src.flag g where f.id = t.id and g.id > f.id;
end $$;
