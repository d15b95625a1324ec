create procedure etl.p_get_or_create() language plpgsql as $$
declare
    r     record;
    v_key int;
begin
    for r in select * from src.f f where not exists (select 1 from dw.fact x where x.id = f.id) order by f.id loop
        v_key := null;
        if r.cust is not null then
            select key into v_key from dw.dim where cust = r.cust;
            if not found then
                insert into dw.dim (cust) values (r.cust) returning key into v_key;
            end if;
        end if;
        insert into dw.fact values (r.id, v_key, r.amount);
    end loop;
end $$;
