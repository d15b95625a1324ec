create procedure etl.p() language plpgsql as $$
declare
    r record;
    v_c int;
    v_total int := 0;
begin
    for r in select id, grp, qty from src.items order by id loop
        insert into dw.log select r.id::text, generate_series(1, r.qty)::text, null;
        get diagnostics v_c = row_count;
        v_total := v_total + v_c;
    end loop;
    insert into dw.log values ('total', v_total::text, null);
end $$;
