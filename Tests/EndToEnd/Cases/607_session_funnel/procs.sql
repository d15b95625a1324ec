create or replace procedure web.build_sessions(p_day date, p_gap interval default '30 minutes') language plpgsql as $$
declare v_prev numeric; f record; v_step int := 0;
begin
  drop table if exists pg_temp.h;
  create temporary table h as
  with marked as (
    select *, case when at - lag(at) over w <= p_gap then 0 else 1 end as is_new
    from web.hit where at >= p_day and at < p_day + 2 and visitor is not null and status < 400
      and not exists (select from web.bot b where b.visitor = hit.visitor)
    window w as (partition by visitor order by at, hit_id)
  )
  select hit_id, visitor, at, split_part(url, '?', 1) as page, substring(ref from '^(?:https?://)?([^/]+)') as host,
         sum(is_new) over (partition by visitor order by at, hit_id) as sno,
         case when url like '/checkout/done%' then 4 when url like '/cart%' then 3 when url ~ '^/product/\d+' then 2 else 1 end::smallint as step
  from marked;
  create index on h (visitor, sno);
  analyze h;

  insert into web.session as s (visitor, started, ended, hits, entry_page, exit_page, referrer, max_step)
  select visitor, min(at), max(at), count(*),
         (array_agg(page order by at, hit_id))[1], (array_agg(page order by at desc, hit_id desc))[1],
         max(host) filter (where host is not null), max(step)
  from h group by visitor, sno having min(at)::date = p_day
  on conflict (visitor, started) do update
    set ended = excluded.ended, hits = excluded.hits, exit_page = excluded.exit_page, max_step = greatest(s.max_step, excluded.max_step)
  where (s.ended, s.hits) <> (excluded.ended, excluded.hits);

  delete from web.funnel where day = p_day;
  for f in select * from (values (1, 'visit'), (2, 'product'), (3, 'cart'), (4, 'order')) as v (step, name) order by step
  loop
    insert into web.funnel
    select p_day, f.step, f.name, count(*), case when v_prev is null then 1 when v_prev = 0 then null else round(count(*) / v_prev, 4) end
    from web.session where started >= p_day and started < p_day + 1 and max_step >= f.step
    returning sessions into v_prev;
  end loop;

  insert into web.quantile
  select p_day, percentile_disc(0.5) within group (order by ended - started), percentile_cont(0.9) within group (order by hits),
         avg(hits), array(select distinct max_step::text from web.session where started::date = p_day order by 1)
  from web.session where started::date = p_day
  on conflict (day) do update set p50 = excluded.p50, p90 = excluded.p90, avg_hits = excluded.avg_hits, modes = excluded.modes;
  drop table h;
end $$;
