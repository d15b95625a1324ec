create or replace procedure fc.run_forecast(p_alpha numeric, p_horizon int default 3)
language plpgsql as $$
declare
  r          record;
  v_prev     int := null;
  v_level    numeric;
  v_err      numeric;
  v_abs      numeric := 0;
  v_n        int := 0;
  v_products int := 0;
  v_skipped  text := '';
  v_last     date;
begin
  if p_alpha is null or p_alpha <= 0 or p_alpha >= 1 then
    raise exception 'alpha out of range: %', p_alpha;
  end if;
  delete from fc.forecast;
  for r in select d.product_id, d.month_start, d.qty, p.name
             from fc.demand d join fc.product p using (product_id)
            where p.active
            order by d.product_id, d.month_start
  loop
    if v_prev is distinct from r.product_id then
       -- new product: the level starts at the first demand
       v_products := v_products + 1;
       v_level := coalesce(r.qty, 0);
       v_err := 0;
       v_prev := r.product_id;
    elsif r.qty is null then
       v_skipped := v_skipped || r.name || '/' || to_char(r.month_start, 'YYYYMM') || ';';
       continue;
    else
       v_err := r.qty - v_level;
       v_level := round(v_level + p_alpha * v_err, 4);
       if r.qty <> 0 then
          v_abs := v_abs + abs(v_err) / r.qty;
          v_n := v_n + 1;
       end if;
    end if;
    insert into fc.forecast(product_id, month_start, level, err, method)
    values (r.product_id, r.month_start, v_level, v_err, 'fit');
  end loop;

  -- project forward, never below the minimum level
  for r in select f.product_id, max(f.month_start) as last_month
             from fc.forecast f group by f.product_id
  loop
    insert into fc.forecast
    select r.product_id, (r.last_month + make_interval(months => g))::date,
           greatest(f.level, p.min_level), null, 'proj'
      from generate_series(1, p_horizon) g,
           fc.forecast f, fc.product p
     where f.product_id = r.product_id and f.month_start = r.last_month and p.product_id = r.product_id;
  end loop;

  insert into fc.run_log(alpha, products, points, mape, remarks)
  values (p_alpha, v_products, v_n, case when v_n > 0 then v_abs / v_n * 100 end, nullif(v_skipped, ''));
end $$;
