create procedure etl.p() language plpgsql as $$
declare
    r record;
    v_sum int := 0;
begin
    for r in select id, grp, qty from src.items order by id loop
        exit when r.id >= 3;
        v_sum := v_sum + coalesce(r.qty, 0);
    end loop;
    insert into dw.log values ('left at', r.id::text, r.grp), ('sum', v_sum::text, null);
end $$;
