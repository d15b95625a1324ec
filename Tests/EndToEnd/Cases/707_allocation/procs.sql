create or replace procedure gl.allocate(p_period char(7) default '2024-01') language plpgsql as $$
declare
  p   gl.cost_pool%rowtype;
  a   record;
  v_total numeric;
  v_rest  numeric(14,2);
  v_step  numeric(14,2);
begin
  delete from gl.allocation where period = p_period;
  delete from gl.alloc_error where pool_id in (select pool_id from gl.cost_pool where period = p_period);
  for p in select * from gl.cost_pool where period = p_period order by pool_id loop
    select sum(weight) into v_total from gl.driver d where d.kind = p.kind;
    if coalesce(v_total, 0) = 0 then
      insert into gl.alloc_error values (p.pool_id, format('no weights for %s (%s)', p.kind, to_char(p.amount, 'FM9990.00')));
      continue;
    end if;
    insert into gl.allocation (period, pool_id, cc, amount, pct)
    select p_period, p.pool_id, d.cc, round(p.amount * d.weight / v_total, 2), d.weight / v_total
      from gl.driver d where d.kind = p.kind and d.weight is not null;
    select p.amount - sum(amount) into v_rest from gl.allocation where pool_id = p.pool_id;
    v_step := 0.01 * sign(v_rest);
    for a in select cc from gl.allocation where pool_id = p.pool_id order by pct desc, cc loop
      exit when v_rest = 0;
      update gl.allocation set amount = amount + v_step, is_fixed = true where pool_id = p.pool_id and cc = a.cc;
      v_rest := v_rest - v_step;
    end loop;
  end loop;
end $$;
