create or replace procedure fin.reconcile() language plpgsql as $$
declare
  v_tol numeric;
  b record;
  i record;
  v_hit boolean;
begin
  select val into strict v_tol from fin.settings where name = 'tolerance';
  delete from fin.open_line;
  for b in select * from fin.bank_line l where not exists (select 1 from fin.match m where m.line_id = l.line_id) order by booked, line_id loop
    if b.amount is null then
      insert into fin.open_line values (b.line_id, 'no amount');
      continue;
    end if;
    v_hit := false;
    -- by number
    for i in select * from fin.invoice v where b.purpose ilike '%' || v.inv_no || '%' order by v.inv_id loop
      if exists (select 1 from fin.match m where m.inv_id = i.inv_id) then
        continue;
      end if;
      if abs(i.amount - b.amount) <= v_tol then
        insert into fin.match values (b.line_id, i.inv_id, 'number', b.amount - i.amount);
        v_hit := true;
        exit;
      end if;
    end loop;
    if not v_hit then
      -- by amount, the oldest due
      select v.* into i from fin.invoice v
       where v.amount = b.amount and not exists (select 1 from fin.match m where m.inv_id = v.inv_id)
       order by v.due, v.inv_id limit 1;
      if found then
        insert into fin.match values (b.line_id, i.inv_id, 'amount', 0);
        v_hit := true;
      end if;
    end if;
    if not v_hit then
      insert into fin.open_line values (b.line_id, coalesce('nothing for ' || b.purpose, 'no purpose'));
    end if;
  end loop;
end $$;
