create procedure etl.p_acc(p_from int) language plpgsql as $$
declare
    r       record;
    v_total numeric(8,1) := 0;
    v_n     int := 0;
    v_best  numeric;
    v_names text := '';
    v_first int;
begin
    for r in select * from src.v where id >= p_from order by id loop
        v_n := v_n + 1;
        if r.v is not null then
            v_total := v_total + r.v * 1.01;
        end if;
        if v_best is null or r.v > v_best then v_best := r.v; end if;
        v_names := v_names || coalesce(r.g, '?') || ',';
        if r.v > 2 and v_first is null then v_first := r.id; end if;
    end loop;
    insert into dw.acc values (v_total, v_n, v_best, v_names, v_first);
end $$;
