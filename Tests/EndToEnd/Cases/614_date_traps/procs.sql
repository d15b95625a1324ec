create procedure d.p_dates(p_from date default '2024-01-29', p_days int default 4, p_zone text default 'Europe/Berlin') language plpgsql as $$
declare v_d date := p_from; v_end date; v_ts timestamp; n int := 0; v_fy int; z timestamptz;
begin
  delete from d.o; delete from d.snap where snap >= p_from;
  insert into d.o (id, what, day, ts) select id, 'add', day + interval '1 month', ts + make_interval(months => 1, days => -1) from d.e;
  insert into d.o (id, what, day, n) select id, 'int', day + 30, day - date '2024-01-01' from d.e;
  insert into d.o (id, what, i, n) select id, 'age', age(ts, timestamp '2000-02-29'), extract(epoch from ts - day::timestamp) from d.e;
  insert into d.o (id, what, ts, tz) select id, 'zone', tz at time zone p_zone, ts at time zone 'America/New_York' from d.e;
  insert into d.o (id, what, day, t) select id, 'trunc', date_trunc('week', day)::date, to_char(ts, 'YYYY-"W"IW-ID Dy DDD HH24:MI:SS.MS') from d.e;
  insert into d.o (id, what, t, n) select id, 'tochar', to_char(day, 'FMDD. FMMonth YYYY, Q') || to_char(coalesce(extract(day from i), 0), 'FM000'), extract(isodow from day) * 100 + date_part('doy', day) from d.e;
  insert into d.o (id, what, i, t) select id, 'intv', justify_interval(i * 1.5), (i > interval '30 days')::text || coalesce(extract(month from i)::text, '?') from d.e;
  insert into d.o (id, what, ts, tz) select id, 'comb', day + tm, day + tm from d.e;
  insert into d.o (id, what, day, t) select id, 'parse', to_date(to_char(day, 'DDMMYYYY'), 'DDMMYYYY'), (day, day + 5) overlaps (date '2024-02-01', date '2024-03-01') from d.e;
  insert into d.o (id, what, n, t) select id, 'win', day - lag(day) over (order by day nulls first), count(*) over (order by ts range between interval '100 days' preceding and current row) from d.e;
  v_end := (date_trunc('month', p_from) + interval '1 month - 1 day')::date;
  while n < p_days loop
    v_fy := extract(year from v_d + interval '3 months');
    insert into d.cal values (v_d, to_char(v_d, 'IYYY-IW'), extract(quarter from v_d), v_d = v_end, extract(dow from v_d), v_fy,
      case when extract(isodow from v_d) >= 5 then v_d + (8 - extract(isodow from v_d))::int else v_d + 1 end)
    on conflict (day) do update set is_end = excluded.is_end, fy = excluded.fy;
    insert into d.snap select v_d, id, v_d - day, case when v_d - day < 0 then 'future' when v_d - day <= 30 then '0-30' else '31+' end
      from d.e where day is not null and day <= v_d + 1;
    v_d := v_d + 1; n := n + 1;
    if v_d > v_end then v_end := (date_trunc('month', v_d) + interval '1 month' - interval '1 day')::date; end if;
  end loop;
  for v_d in select generate_series(p_from, p_from + p_days, interval '2 days')::date loop
    update d.snap set bucket = bucket || '*' where snap = v_d;
  end loop;
  select max(ts), max(tz) into v_ts, z from d.e;
  insert into d.o (id, what, day, ts, tz, t) values (-1, 'vars', v_d, v_ts - interval '1 day', z + interval '1 day', date_trunc('hour', z at time zone 'UTC')::text);
  insert into d.o (id, what, t) select -2, 'series', string_agg(g::date::text, ',' order by g) from generate_series(p_from::timestamp, p_from + interval '3 months', '1 month') g;
  insert into d.o (id, what, n) values (-3, 'count', (select count(*) from generate_series(1, p_days) s(k) where extract(isodow from p_from + s.k) < 6));
end $$;
