create or replace procedure iot.ensure_partition(p_month date)
language plpgsql as $$
declare
  v_name text := 'rollup_' || to_char(p_month, 'YYYY_MM');
begin
  if to_regclass('iot.' || v_name) is null then
    execute format('create table iot.%I partition of iot.rollup for values from (%L) to (%L)', v_name, p_month, p_month + interval '1 month');
    raise notice 'created %', v_name;
  end if;
end $$;

create or replace procedure iot.roll_up(p_from timestamp, p_to timestamp, p_step interval default '5 minutes')
language plpgsql as $$
declare
  d date;
begin
  -- months that have rows need a partition
  for d in select distinct date_trunc('month', ts)::date from iot_raw.reading where ts >= p_from and ts < p_to loop
    call iot.ensure_partition(d);
  end loop;

  delete from iot.rollup where bucket >= p_from and bucket < p_to;

  insert into iot.rollup
  select r.device_id, r.metric,
         date_bin(p_step, r.ts, timestamp '2000-01-01') as bucket,
         count(*), avg(r.val), min(r.val), max(r.val),
         percentile_cont(0.95) within group (order by r.val)
    from iot_raw.reading r
    join iot.device dv on dv.device_id = r.device_id and (dv.retired is null or r.ts < dv.retired)
   where r.ts >= p_from and r.ts < p_to
     and r.quality = 'G'
     and r.val <> 'NaN'::float8
   group by 1, 2, 3;

  insert into iot.site_day
  select dv.site, ro.bucket::date, ro.metric, count(distinct ro.device_id),
         (sum(ro.avg_val * ro.n) / nullif(sum(ro.n), 0))::numeric
    from iot.rollup ro join iot.device dv using (device_id)
   where ro.bucket >= date_trunc('day', p_from) and ro.bucket < p_to
   group by dv.site, ro.bucket::date, ro.metric
  on conflict (site, day, metric) do update
     set devices = excluded.devices, avg_val = excluded.avg_val;
end $$;
