create or replace procedure etl.log(p_what text, p_n bigint default null) language plpgsql as $$ begin insert into etl.log (what, n) values (p_what, p_n); end $$;

create or replace procedure etl.load_events(p_month date default '2024-02-01', p_tz text default 'Europe/Berlin', p_mode text default 'replace')
language plpgsql
as $$
declare
  c_from constant date := date_trunc('month', p_month);
  c_to   constant date := (date_trunc('month', p_month) + interval '1 month')::date;
  n bigint;
  sql text;
begin
  if p_mode not in ('replace', 'append') then
    raise exception 'bad mode %', p_mode using errcode = '22023';
  end if;
  if p_mode = 'replace' then
    delete from dwh.events where day >= c_from and day < c_to;
    get diagnostics n = row_count;
    if n > 0 then call etl.log('deleted', n); end if;
  end if;

  create temp table d on commit drop as
  select distinct on (e.id) e.id, (e.ts at time zone p_tz)::date as day, coalesce(e.kind, 'none') as kind, e.payload
    from src.events e
   order by e.id, e.ts desc;
  create unique index on d (id);
  analyze d;

  sql := 'insert into dwh.events (id, day, kind, usr, x, vsum) '
      || 'select id, day, left(kind, 4), (payload ->> ''u'')::int, (payload #>> ''{p,x}'')::numeric, '
      || '(select sum(v::int) from jsonb_array_elements_text(payload -> ''v'') as t (v)) '
      || 'from d where day >= $1 and day < $2';
  execute sql using c_from, c_to;
  get diagnostics n = row_count;
  call etl.log('inserted ' || p_mode, n);

  delete from dwh.daily where day between c_from and c_to - 1;
  insert into dwh.daily (day, kind, n, users, cum, share)
  select c.day::date, coalesce(e.kind, '-'), count(e.id), count(distinct e.usr),
         sum(count(e.id)) over (order by c.day, coalesce(e.kind, '-')),
         count(e.id)::numeric / nullif(sum(count(e.id)) over (), 0)
    from generate_series(c_from, c_to - interval '1 day', interval '1 day') as c (day)
    left join dwh.events e on e.day = c.day::date
   group by c.day, coalesce(e.kind, '-')
  having count(e.id) > 0 or extract(isodow from c.day) = 1;
  execute format('update dwh.daily set share = round(share, %s) where day < %L::date + %s', 2, c_to, 0);
end $$;
