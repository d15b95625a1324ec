create procedure etl.p() language plpgsql as $$
declare
    r record;
    v int := 100;
    v_in int;
begin
    for r in select id, qty from src.items order by id loop
        v := v + r.id;
        declare
            v int := 1;
        begin
            v := v + coalesce(r.qty, 0);
            v_in := v;
        end;
        insert into dw.log values ('row', v::text, v_in::text);
    end loop;
    insert into dw.log values ('end', v::text, v_in::text);
end $$;
