create procedure etl.p_archive(p_before date, p_batch int default 3) language plpgsql as $$
declare
    v_batch   int := 0;
    v_moved   int;
    v_purged  int;
    v_lo      bigint;
    v_hi      bigint;
    v_total   bigint := 0;
begin
    -- copy by ranges of ids
    select min(id), max(id) into v_lo, v_hi from dw.event where happened < p_before;
    while v_lo <= v_hi loop
        v_batch := v_batch + 1;
        insert into dw.event_archive (id, happened, payload, batch_no)
        select id, happened, payload, v_batch
          from dw.event
         where id >= v_lo and id < v_lo + p_batch and happened < p_before;
        get diagnostics v_moved = row_count;
        v_total := v_total + v_moved;
        insert into dw.batch_log (step, batch_no, rows_done) values ('copy', v_batch, v_moved);
        commit;
        v_lo := v_lo + p_batch;
    end loop;
    -- purge in batches
    v_batch := 0;
    loop
        delete from dw.event
         where ctid in (select e.ctid from dw.event e where e.happened < p_before order by e.id limit p_batch);
        get diagnostics v_purged = row_count;
        exit when v_purged = 0;
        v_batch := v_batch + 1;
        insert into dw.batch_log (step, batch_no, rows_done) values ('purge', v_batch, v_purged);
        commit;
    end loop;
    insert into dw.batch_log (step, batch_no, rows_done) values ('total', v_batch, v_total);
end $$;
