create procedure etl.p() language plpgsql as $$
declare
    r record;
    v int;
begin
    for r in select id, qty from src.items order by id loop
        if r.qty = 1 then
            select id into v from src.items where id = r.id;
        end if;
        if found then
            insert into dw.log values (r.id, 'found');
        end if;
    end loop;
end $$;
