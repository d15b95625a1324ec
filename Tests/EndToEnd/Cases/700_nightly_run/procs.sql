create or replace procedure ops.log_it(p_run text, p_step text, p_rows bigint default null, p_note text default null)
language plpgsql as $$
begin
  insert into ops.run_log (run_name, step, rows_done, note) values (p_run, p_step, p_rows, p_note);
end $$;

create or replace procedure ops.load_customers(p_day date, inout p_new bigint, inout p_upd bigint)
language plpgsql as $$
begin
  insert into dm.customer (cust_code, first_paid, last_paid)
  select upper(trim(p.cust_code)), min(p.paid_on), max(p.paid_on)
    from stg.payments p
   where p.cust_code is not null and p.paid_on <= p_day
     and not exists (select 1 from dm.customer c where c.cust_code = upper(trim(p.cust_code)))
   group by upper(trim(p.cust_code));
  get diagnostics p_new = row_count;

  update dm.customer c
     set last_paid = s.last_paid
    from (select upper(trim(cust_code)) as code, max(paid_on) as last_paid
            from stg.payments where paid_on <= p_day group by 1) s
   where s.code = c.cust_code
     and s.last_paid > c.last_paid;
  get diagnostics p_upd = row_count;
end $$;

create or replace procedure ops.nightly_run(p_day date default date '2024-02-03', p_strict boolean default false)
language plpgsql as $$
declare
  c_run constant text := 'nightly';
  v_new bigint; v_upd bigint; v_rows bigint;
  v_bad int; v_status varchar(12) := 'OK';
  v_last date;
  v_total numeric;
begin
  call ops.log_it(c_run, 'start', null, 'day ' || p_day);
  select last_day into v_last from ops.run_state where run_name = c_run;
  if not found then
    insert into ops.run_state (run_name, last_status) values (c_run, 'NEW');
    call ops.log_it(c_run, 'first run');
  elsif v_last >= p_day and not p_strict then
    call ops.log_it(c_run, 'skip', 0, format('already at %s', v_last));
    return;
  end if;

  call ops.load_customers(p_day, v_new, v_upd);
  call ops.log_it(c_run, 'customers new', v_new);
  call ops.log_it(c_run, 'customers seen', v_upd, case when v_upd = 0 then 'none' end);

  select count(*) into v_bad from stg.payments where paid_on <= p_day and (cust_code is null or amount <= 0);
  call ops.log_it(c_run, 'bad rows', v_bad, case when v_bad > 1 then 'see stg.payments' else null end);

  begin
    insert into dm.payment_fact (pay_id, cust_key, paid_on, amount_eur)
    select p.pay_id, c.cust_key, p.paid_on,
           round(p.amount * case when p.ccy = 'EUR' then 1 else (
                select f.rate from stg.fx f where f.ccy = p.ccy and f.valid_on <= p.paid_on order by f.valid_on desc limit 1) end, 2)
      from stg.payments p join dm.customer c on c.cust_code = upper(trim(p.cust_code))
     where p.paid_on <= p_day
       and (p_strict or p.amount > 0)
       and (p.ccy = 'EUR' or exists (select 1 from stg.fx f where f.ccy = p.ccy and f.valid_on <= p.paid_on))
       and not exists (select from dm.payment_fact x where x.pay_id = p.pay_id);
    get diagnostics v_rows = row_count;
    call ops.log_it(c_run, 'facts', v_rows);
  exception
    when check_violation then
      v_status := 'BAD AMOUNT';
      call ops.log_it(c_run, 'facts failed', 0, sqlerrm);
  end;

  if v_status <> 'OK' and p_strict then
    update ops.run_state set last_status = v_status, runs = runs + 1 where run_name = c_run;
    call ops.log_it(c_run, 'stop', null, v_status);
    return;
  end if;

  delete from dm.payment_daily where paid_on >= p_day - 1;
  get diagnostics v_rows = row_count;
  call ops.log_it(c_run, 'daily removed', v_rows);
  insert into dm.payment_daily
  select paid_on, count(*), sum(amount_eur), avg(amount_eur)
    from dm.payment_fact where paid_on between p_day - 1 and p_day
   group by paid_on;
  get diagnostics v_rows = row_count;
  call ops.log_it(c_run, 'daily', v_rows);

  update dm.customer c set total_eur = coalesce((select sum(amount_eur) from dm.payment_fact f where f.cust_key = c.cust_key), 0);
  get diagnostics v_rows = row_count;
  call ops.log_it(c_run, 'totals', v_rows);
  select sum(total_eur) into v_total from dm.customer;
  call ops.log_it(c_run, 'control sum', null, to_char(v_total, 'FM999990.00'));

  update ops.run_state set last_day = greatest(last_day, p_day), runs = runs + 1, last_status = v_status where run_name = c_run;
  call ops.log_it(c_run, 'end', null, v_status);
end $$;
