create or replace procedure etl.say(p_batch uuid, p_no int, p_msg text) language plpgsql security definer set search_path = dw, pg_temp as $$
begin
  insert into batch_msg (batch_id, line_no, msg) values (p_batch, p_no, p_msg);
  raise info '%: %', p_no, p_msg;
end $$;
create or replace procedure etl.load_prices(p_asof date default current_date - 1, p_user text default session_user) language plpgsql as $$
declare
  v_batch uuid := gen_random_uuid();
  v_start timestamptz := clock_timestamp();
  v_n int;
begin
  set local work_mem = '64MB';
  perform set_config('app.batch', v_batch::text, true);
  if not pg_try_advisory_xact_lock(hashtext('load_prices')) then
    raise notice 'another run is on';
    return;
  end if;
  insert into dw.batch (batch_id, proc, run_by) values (v_batch, 'load_prices', p_user);
  call etl.say(v_batch, 1, 'start for ' || p_asof);
  insert into dw.price as t (code, d, p, batch_id)
  select code, d, max(p), v_batch from src.price where d = p_asof and code is not null group by code, d
  on conflict (code, d) do update set p = excluded.p, batch_id = excluded.batch_id, loaded = clock_timestamp()
  where t.p is distinct from excluded.p;
  get diagnostics v_n = row_count;
  call etl.say(v_batch, 2, v_n || ' rows');
  perform pg_notify('prices', v_n::text);
  update dw.batch set ended = clock_timestamp(), secs = extract(epoch from clock_timestamp() - v_start), n = v_n, status = 'OK' where batch_id = v_batch;
end $$;
