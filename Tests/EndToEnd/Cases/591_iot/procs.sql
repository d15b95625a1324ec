create or replace procedure agg.roll_up(p_until timestamptz, p_keep interval default '3 days')
language plpgsql as $$
declare
  v_from timestamptz;
  v_to   timestamptz := date_trunc('hour', p_until at time zone 'UTC') at time zone 'UTC';
  v_rows bigint;
begin
  select v into v_from from agg.state where k = 'hourly';
  if not found then
    select date_trunc('hour', min(at) at time zone 'UTC') at time zone 'UTC' into v_from from iot.readings;
    insert into agg.state values ('hourly', v_from);
  end if;
  if v_from is null then return; end if;

  with h as (
    select sensor, date_trunc('hour', at at time zone 'UTC') at time zone 'UTC' as hour, count(val) as n, avg(val) as a, min(val) as mn, max(val) as mx,
           array_agg(distinct meta ->> 'tag' order by meta ->> 'tag') filter (where meta ? 'tag') as tags
    from iot.readings where at >= v_from and at < v_to and sensor is not null
    group by 1, 2
  ), grid as (
    select s.sensor, g.hour from (select distinct sensor from iot.readings where sensor is not null) s
    cross join lateral generate_series(v_from, v_to - interval '1 hour', interval '1 hour') as g(hour)
  )
  insert into agg.hourly as t (sensor, hour, n, avg_val, mn, mx, tags, gap)
  select g.sensor, g.hour, coalesce(h.n, 0), h.a, h.mn, h.mx, h.tags, h.sensor is null
  from grid g left join h on h.sensor = g.sensor and h.hour = g.hour
  on conflict (sensor, hour) do update set n = excluded.n, avg_val = excluded.avg_val, mn = least(t.mn, excluded.mn), mx = greatest(t.mx, excluded.mx), tags = excluded.tags, gap = excluded.gap;

  delete from agg.hourly where hour < p_until - p_keep;
  update agg.state set v = greatest(v, v_to - interval '1 hour') where k = 'hourly';
end $$;
