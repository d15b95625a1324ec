create procedure etl.p() language plpgsql as $$
declare
    r record;
begin
    for r in select id, code from src.ev order by id loop
        update dw.acc a set n = a.n + 1, code = a.code || 'x' where a.code = r.code;
    end loop;
end $$;
