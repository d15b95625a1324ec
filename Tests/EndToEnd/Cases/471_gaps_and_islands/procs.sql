create function etl.f_islands(p_min int default 1) returns setof dw.island language plpgsql as $$
declare
    r_row   record;
    v_first date;
    v_last  date;
    v_key   text;
    v_len   int := 0;
    v_res   dw.island%rowtype;
    v_any   boolean := false;
begin
    for r_row in select distinct k, d from src.presence where d is not null order by k nulls first, d loop
        if v_any and v_key is not distinct from r_row.k and r_row.d = v_last + 1 then
            v_len := v_len + 1;
        else
            if v_any and v_len >= p_min then
                v_res.k := v_key;
                v_res.first_day := v_first;
                v_res.days := v_len;
                return next v_res;
            end if;
            v_first := r_row.d;
            v_len   := 1;
        end if;
        v_key  := r_row.k;
        v_last := r_row.d;
        v_any  := true;
    end loop;
    if v_any and v_len >= p_min then
        v_res := (v_key, v_first, v_len);
        return next v_res;
    end if;
end $$;
