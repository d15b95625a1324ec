create procedure etl.p_arrays(p_pairs text[], p_ids int[] default array[1, 2]) language plpgsql as $$
declare
    v_pair  text[];
    v_id    int;
    v_tag   text;
    r       record;
    v_out   text := '';
    v_found int[] := '{}';
begin
    truncate dw.pairs;
    foreach v_pair slice 1 in array p_pairs loop
        insert into dw.pairs (k, v) values (v_pair[1], v_pair[2]);
        v_out := v_out || v_pair[1] || ';';
    end loop;
    foreach v_id in array p_ids loop
        for r in select tags from src.doc where id = v_id loop
            foreach v_tag in array coalesce(r.tags, '{}') loop
                continue when v_tag is null;
                insert into dw.pairs (k, v) values ('tag', v_id || v_tag);
                v_found := v_found || v_id;
            end loop;
        end loop;
    end loop;
    insert into dw.pairs (k, v) values ('out', v_out), ('found', array_to_string(v_found, ','));
end $$;
