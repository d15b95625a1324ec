create procedure etl.p_unique() language plpgsql as $$
declare
    r record;
begin
    for r in select * from src.s order by seq loop
        begin
            insert into dw.s (k, v) values (r.k, r.v);
        exception when unique_violation then
            update dw.s set v = v + r.v, n = n + 1 where k = r.k;
        end;
    end loop;
end $$;
