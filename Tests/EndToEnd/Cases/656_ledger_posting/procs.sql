create or replace procedure gl.post_batch(p_batch int) language plpgsql as $$
declare v src.batch%rowtype; v_no int; v_sign int := 1; v_cnt int := 0; g record; v_bal numeric;
begin
  select * into v from src.batch b where b.batch = p_batch;
  if not found then
    insert into gl.post_log values (p_batch, 'missing', 0, null);
    return;
  end if;
  if exists (select 1 from gl.entry e where e.batch = p_batch) then
    insert into gl.post_log values (p_batch, 'duplicate', 0, 'posted before');
    return;
  end if;
  if exists (select from gl.control c where c.y = extract(year from v.d) and c.locked_until >= v.d) then
    insert into gl.post_log values (p_batch, 'locked', 0, to_char(v.d, 'YYYY-MM-DD'));
    return;
  end if;
  if v.kind = 'reversal' then v_sign := -1; end if;
  begin
    for g in select voucher, sum(coalesce(debit, 0) - coalesce(credit, 0)) as diff, count(*) as n
               from src.voucher_line where batch = p_batch group by voucher order by voucher loop
      if g.diff <> 0 then
        raise exception 'voucher % is out of balance by %', g.voucher, g.diff;
      end if;
      update gl.control set last_no = last_no + 1 where y = extract(year from v.d)::int returning last_no into v_no;
      insert into gl.entry
      select v_no, extract(year from v.d), row_number() over (order by account, debit nulls last, credit), v.d, account,
             v_sign * (coalesce(debit, 0) - coalesce(credit, 0)), p_batch
        from src.voucher_line where batch = p_batch and voucher = g.voucher;
      v_cnt := v_cnt + 1;
    end loop;
    insert into gl.balance as b (account, balance, last_entry)
    select account, sum(amount), max(entry_no) from gl.entry where batch = p_batch group by account
    on conflict (account) do update set balance = b.balance + excluded.balance, last_entry = excluded.last_entry;
    select sum(balance) into v_bal from gl.balance;
    if v_bal <> 0 then raise exception 'ledger is out of balance'; end if;
    insert into gl.post_log values (p_batch, 'posted', v_cnt, null);
  exception when raise_exception then
    insert into gl.post_log values (p_batch, 'failed', 0, sqlerrm);
  end;
end $$;
