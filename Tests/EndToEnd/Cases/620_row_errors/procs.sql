create or replace procedure etl.load_orders() language plpgsql as $$
declare
  rec record; v_ok int := 0; v_bad int := 0; v_run int;
begin
  insert into dw.run_log (proc, started, status) values ('load_orders', clock_timestamp(), 'RUNNING') returning run_id into v_run;
  for rec in select * from src.order_in o where not exists (select 1 from dw.load_error e where e.seq = o.seq) order by seq loop
    begin
      insert into dw.orders (order_no, cust, amount, ordered)
      values (rec.order_no, rec.cust, rec.amount::numeric, rec.ordered::date);
      v_ok := v_ok + 1;
    exception when others then
      insert into dw.load_error (seq, sqlstate_code, message) values (rec.seq, SQLSTATE, SQLERRM);
      v_bad := v_bad + 1;
    end;
  end loop;
  update dw.run_log set finished = clock_timestamp(), ok_rows = v_ok, bad_rows = v_bad, status = case when v_bad > 0 then 'WARN' else 'OK' end where run_id = v_run;
end $$;
