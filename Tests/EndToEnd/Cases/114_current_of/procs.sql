create procedure etl.p_current(p_add int) language plpgsql as $$
declare
    c cursor for select id, v from dw.t order by id for update;
    v_run int := 0;
begin
    for r in c loop
        if r.v < 0 then
            delete from dw.t where current of c;
        else
            v_run := v_run + 1;
            update dw.t set v = coalesce(v, 0) + p_add, n = v_run where current of c;
        end if;
    end loop;
end $$;
