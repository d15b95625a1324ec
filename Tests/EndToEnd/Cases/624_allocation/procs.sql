create or replace procedure etl.allocate(in p_period integer) language plpgsql as $$
declare
  r record; v_diff numeric(12,2); v_dept text; v_cnt integer;
begin
  delete from dw.alloc a where a.period = p_period;
  delete from dw.alloc_unassigned where period = p_period;
  with d as (
    select pool, dept, sum(units) as units from src.driver group by pool, dept
  ), tot as (
    select pool, sum(units) tu, count(*) as n from d where units > 0 group by pool having sum(units) > 0
  )
  insert into dw.alloc (period, pool, dept, share, amount)
  select p.period, p.pool, d.dept, d.units / tot.tu, round(p.amount * d.units / tot.tu, 2)
  from src.pool p
  join tot using (pool)
  join d on d.pool = p.pool and d.units > 0
  where p.period = p_period and p.amount is not null;

  -- rounding differences go to the largest share (ties: first department)
  for r in
    select p.pool, p.amount - sum(a.amount) as diff
      from src.pool p join dw.alloc a on a.period = p.period and a.pool = p.pool
     where p.period = p_period
     group by p.pool, p.amount
    having p.amount <> sum(a.amount)
     order by p.pool
  loop
    v_diff := r.diff;
    select dept into strict v_dept from dw.alloc where period = p_period and pool = r.pool order by share desc, dept limit 1;
    update dw.alloc set amount = amount + v_diff, adj = true where period = p_period and pool = r.pool and dept = v_dept;
    get diagnostics v_cnt = row_count;
    if v_cnt <> 1 then raise exception 'adjusted % rows for %', v_cnt, r.pool; end if;
  end loop;

  insert into dw.alloc_unassigned
  select p.period, p.pool, p.amount from src.pool p
  where p.period = p_period and not exists (select from dw.alloc a where (a.period, a.pool) = (p.period, p.pool));
end;
$$;
