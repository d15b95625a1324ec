create procedure etl.p_runs(p_skip text default null) language plpgsql as $$
declare
    r      record;
    v_run  bigint;
    v_item text;
    v_n    int;
begin
    for r in select code, items from src.feed order by code nulls last, items loop
        continue when r.code = p_skip;
        v_run := nextval('dw.run_seq');
        v_n   := 0;
        foreach v_item in array string_to_array(coalesce(r.items, ''), ',') loop
            insert into dw.part (run_id, item) values (v_run, v_item);
            v_n := v_n + 1;
        end loop;
        insert into dw.run (run_id, code, parts) values (v_run, r.code, v_n);
    end loop;
end $$;
