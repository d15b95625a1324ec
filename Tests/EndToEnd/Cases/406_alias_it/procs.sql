create procedure etl.p() language plpgsql as $$
declare
    r record;
    v text;
begin
    for r in select distinct grp from src.items where grp is not null order by grp loop
        insert into dw.log select 'ins', it.id::text, it.grp from src.items it where it.grp = r.grp;
        select max(it.id)::text into v from src.items it where it.grp = r.grp;
        insert into dw.log values ('max', v, r.grp);
    end loop;
end $$;
