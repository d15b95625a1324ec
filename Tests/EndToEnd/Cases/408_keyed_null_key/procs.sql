create procedure etl.p() language plpgsql as $$
declare
    r record;
begin
    for r in select id, code, n from src.ev order by id loop
        if not exists (select 1 from dw.acc a where a.code = r.code) then
            insert into dw.acc values (r.code, 0, 0);
        end if;
        update dw.acc set n = n + r.n, hits = hits + 1 where code = r.code;
    end loop;
end $$;
