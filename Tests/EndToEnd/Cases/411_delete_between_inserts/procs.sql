create procedure etl.p() language plpgsql as $$
declare
    r record;
begin
    for r in select id, code, n from src.ev order by id loop
        insert into dw.t values (r.id, r.code, r.n);
        if r.n < 0 then
            delete from dw.t where code = r.code and dw.t.n >= 0;
        end if;
        insert into dw.t values (r.id + 10, r.code, abs(r.n));
    end loop;
end $$;
