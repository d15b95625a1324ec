create procedure etl.p() language plpgsql as $$
declare
    r record;
    v_last text;
begin
    for r in select id, grp, qty from src.items order by id loop
        r.qty := coalesce(r.qty, 0) + 100;
        if r.grp is null then
            r.grp := 'none';
        end if;
        insert into dw.log values (r.id::text, r.qty::text, r.grp);
    end loop;
    insert into dw.log values ('end', r.qty::text, r.grp);
end $$;
