create procedure etl.p() language plpgsql as $$
declare
    r record;
    v_run int := 0;
begin
    for r in select id, grp, n from src.ev order by id loop
        v_run := v_run + 1;
        update dw.t set last = r.n, seen = v_run where grp = r.grp and (r.n is null or r.n > 0);
    end loop;
end $$;
