create or replace procedure etl.forecast(p_alpha numeric default 0.4, p_horizon int default 2) language plpgsql as $$
declare
  r record; v_level numeric; v_prev_prod text := ''; v_run int; v_last date; i int;
begin
  truncate table dw.monthly;
  insert into dw.monthly (prod, month, amt)
  select p.prod, m.month::date, coalesce(sum(s.amt), 0)
  from (select prod, date_trunc('month', min(d)) as lo from src.sale where prod is not null group by prod) p
  cross join lateral generate_series(p.lo, (select date_trunc('month', max(d)) from src.sale), interval '1 month') as m(month)
  left join src.sale s on s.prod = p.prod and date_trunc('month', s.d) = m.month
  group by p.prod, m.month;
  update dw.monthly x set ma3 = w.ma
  from (select prod, month, avg(amt) over (partition by prod order by month rows between 2 preceding and current row) as ma from dw.monthly) w
  where w.prod = x.prod and w.month = x.month;

  select coalesce(max(run_no), 0) + 1 into v_run from dw.forecast;
  for r in select * from dw.monthly order by prod, month loop
    if r.prod <> v_prev_prod then
      if v_prev_prod <> '' then
        for i in 1..p_horizon loop
          insert into dw.forecast values (v_prev_prod, (v_last + (i || ' month')::interval)::date, round(v_level, 4), 'SES', v_run)
          on conflict (prod, month) do update set level = excluded.level, run_no = excluded.run_no;
        end loop;
      end if;
      v_level := r.amt;
      v_prev_prod := r.prod;
    else
      v_level := p_alpha * r.amt + (1 - p_alpha) * v_level;
    end if;
    v_last := r.month;
  end loop;
  if v_prev_prod <> '' then
    for i in 1..p_horizon loop
      insert into dw.forecast values (v_prev_prod, (v_last + make_interval(months => i))::date, round(v_level, 4), 'SES', v_run)
      on conflict (prod, month) do update set level = excluded.level, run_no = excluded.run_no;
    end loop;
  end if;
  delete from dw.pivot;
  insert into dw.pivot
  select prod, sum(amt) filter (where extract(quarter from month) = 1), sum(amt) filter (where extract(quarter from month) = 2),
         sum(amt) filter (where extract(quarter from month) not in (1, 2))
  from dw.monthly group by prod;
end $$;
