create or replace procedure etl.process_queue(p_batch_size int default 100, p_max_batches int default null) language plpgsql as $$
declare
  v_last int; v_to int; v_no int := 0; v_up int; v_del int; v_ign int;
begin
  select last_id into v_last from dw.q_state where name = 'q';
  loop
    select max(id) into v_to from (select id from src.q where id > v_last order by id limit p_batch_size) b;
    exit when v_to is null;
    v_no := v_no + 1;
    drop table if exists batch_rows;
    create temporary table batch_rows as
      select distinct on (k) * from src.q where id > v_last and id <= v_to order by k, id desc;
    delete from dw.target t using batch_rows b where b.k = t.k and b.op = 'del';
    get diagnostics v_del = row_count;
    insert into dw.target as t (k, v, last_id)
      select k, v, id from batch_rows where op = 'up'
      on conflict (k) do update set v = excluded.v, version = t.version + 1, last_id = excluded.last_id;
    get diagnostics v_up = row_count;
    select count(*) into v_ign from batch_rows where op not in ('up', 'del');
    insert into dw.batch_log values (v_no, v_last + 1, v_to, v_up, v_del, v_ign);
    update dw.q_state set last_id = v_to where name = 'q';
    v_last := v_to;
    commit;
    exit when v_no >= p_max_batches;
  end loop;
end $$;
