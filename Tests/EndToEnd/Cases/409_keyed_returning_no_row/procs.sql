create procedure etl.p(p_max int) language plpgsql as $$
declare
    r record;
    v int;
begin
    for r in select id, code, n from src.ev order by id loop
        update dw.acc a set n = a.n + r.n where a.code = r.code and a.n < p_max returning a.n into v;
        insert into dw.log values (r.id, v);
    end loop;
end $$;
