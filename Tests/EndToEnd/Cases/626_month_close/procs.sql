create or replace function etl.log_it(p_ym text, p_what text, p_n int, p_note text default '') returns void language plpgsql as $$
begin insert into dw.close_log (ym, what, n, note) values (p_ym, p_what, p_n, p_note); end $$;
create or replace function etl.prev_ym(p_ym text) returns text language sql immutable as 'select to_char(to_date(p_ym, ''YYYY-MM'') - interval ''1 month'', ''YYYY-MM'')';
create or replace procedure etl.step_balances(p_ym text, inout p_rows int) language plpgsql as $$
declare v_d1 date := to_date(p_ym, 'YYYY-MM'); v_d2 date; n int;
begin
  v_d2 := (v_d1 + interval '1 month - 1 day')::date;
  delete from dw.balance where ym = p_ym;
  insert into dw.balance (ym, account, opening, movement, closing)
  select p_ym, a.account, coalesce(p.closing, 0), coalesce(m.amt, 0), coalesce(p.closing, 0) + coalesce(m.amt, 0)
  from src.account a
  left join dw.balance p on p.account = a.account and p.ym = etl.prev_ym(p_ym)
  left join (select account, sum(amount) amt from src.je where posted between v_d1 and v_d2 group by account) m on m.account = a.account
  where coalesce(p.closing, 0) <> 0 or m.amt is not null;
  get diagnostics n = row_count;
  p_rows := p_rows + n;
  perform etl.log_it(p_ym, 'balances', n);
end $$;
create or replace procedure etl.step_result(p_ym text, inout p_rows int) language plpgsql as $$
declare v_res numeric; 
begin
  select sum(b.closing) into v_res from dw.balance b join src.account a using (account) where b.ym = p_ym and a.kind in ('income', 'expense');
  if v_res is null or v_res = 0 then
    perform etl.log_it(p_ym, 'result', 0, 'nothing to close');
    return;
  end if;
  update dw.balance b set movement = b.movement - b.closing, closing = 0 from src.account a
   where a.account = b.account and b.ym = p_ym and a.kind = any (array['income', 'expense']);
  insert into dw.balance values (p_ym, '3000', 0, v_res, v_res)
  on conflict (ym, account) do update set movement = dw.balance.movement + excluded.movement, closing = dw.balance.closing + excluded.movement;
  p_rows := p_rows + 1;
  perform etl.log_it(p_ym, 'result', 1, to_char(v_res, 'FM999990.00'));
end $$;
create or replace procedure etl.close_month(p_ym text) language plpgsql as $$
<<main>>
declare v_status text; n int := 0; v_sum numeric;
begin
  select status into v_status from dw.period where ym = p_ym for update;
  if not found then raise exception using errcode = 'P0002', message = 'no period ' || p_ym; end if;
  if v_status = 'closed' then
    perform etl.log_it(p_ym, 'close', 0, 'already closed');
    return;
  end if;
  call etl.step_balances(p_ym, n);
  call etl.step_result(p_ym, main.n);
  select sum(closing) into v_sum from dw.balance where ym = p_ym;
  assert coalesce(v_sum, 0) is not null, 'sum is null';
  update dw.period set status = 'closed', closed_at = now(), n_rows = n where ym = p_ym returning status into v_status;
  perform etl.log_it(p_ym, 'close', n, v_status);
exception
  when raise_exception then
    raise;
  when others then
    raise exception 'close of % failed: %', p_ym, sqlerrm;
end main $$;
