create procedure etl.p() language plpgsql as $$
declare
    r record;
    v_id int;
begin
    for r in select id, k1 from src.ev order by id loop
        v_id := r.id;
        update dw.t set n = n * 2 + 1 where k = r.k1 and r.id = v_id;
    end loop;
end $$;
