create procedure etl.p() language plpgsql as $$
declare
    r record;
    t record;
begin
    select 'start' as grp, 0 as rate into t;
    for r in select id, grp, qty from src.items order by id loop
        if r.qty > 1 then
            select x.grp, x.rate into t from src.rate x where x.grp = r.grp;
        end if;
        insert into dw.log values (r.id::text, t.grp, t.rate::text);
    end loop;
    insert into dw.log values ('end', t.grp, t.rate::text);
end $$;
