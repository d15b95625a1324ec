create procedure etl.p_batches(p_size int default 7) language plpgsql as $$
declare
    v_n   bigint;
    v_all bigint := 0;
    v_b   int := 0;
begin
    loop
        delete from dw.log where id in (select id from dw.log where day < (select day from src.cut) order by id limit p_size);
        get diagnostics v_n = row_count;
        v_all := v_all + v_n;
        exit when v_n < p_size;
        v_b := v_b + 1;
        commit;
    end loop;
    insert into dw.stat values (v_all, v_b);
end $$;
