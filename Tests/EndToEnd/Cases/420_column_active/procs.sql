create procedure etl.p(p_n int) language plpgsql as $$
declare
    r record;
    v_n int := 0;
begin
    for r in select id, name, active from src.cust order by id loop
        continue when not r.active;
        v_n := v_n + 1;
        exit when v_n > p_n;
        insert into dw.log values (r.id, r.name, r.active);
    end loop;
end $$;
