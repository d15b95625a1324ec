create or replace function web.page(u text) returns text language sql immutable as $$ select split_part(regexp_replace(u, '^https?://[^/]+', ''), '?', 1) $$;
create or replace function web.param(u text, p text) returns text language sql immutable as $$ select lower((regexp_match(u, '[?&]' || p || '=([^&]*)'))[1]) $$;

create or replace procedure etl.sessions(p_gap interval default '30 minutes', p_tz text default 'Europe/Oslo', p_top int default 3) language plpgsql as $$
declare
  v_days int := 0;
begin
  truncate web.session;
  insert into web.session
  with marked as (
    select h.*, case when h.at - lag(h.at) over v <= p_gap then 0 else 1 end as is_new
      from src.hits h where h.visitor is not null window v as (partition by visitor order by at, hit_id)
  ), numbered as (
    select m.*, sum(is_new) over (partition by visitor order by at, hit_id) as seq from marked m
  )
  select visitor, seq, min(at), max(at), (min(at) at time zone p_tz)::date, count(*),
         array_remove(array_agg(web.page(url) order by at, hit_id), null),
         coalesce(max(web.param(url, 'utm_source')), case when bool_or(ref like 'https://g.%') then 'seo' else 'none' end)::varchar(4),
         count(*) = 1
    from numbered group by visitor, seq;

  -- unnested pages a day
  delete from web.page_day d where exists (select 1 from web.session s where s.local_day = d.local_day);
  insert into web.page_day (local_day, page, hits, visitors, rank, pct, attr)
  select x.* from (
    select s.local_day, u.page, count(*) as hits, count(distinct s.visitor),
           dense_rank() over (partition by s.local_day order by count(*) desc, u.page) as rk,
           100.0 * count(*) / sum(count(*)) over (partition by s.local_day),
           jsonb_object_agg(s.visitor || '#' || s.seq, u.pos order by s.visitor, s.seq, u.pos)
      from web.session s, unnest(s.pages) with ordinality as u (page, pos)
     where u.page <> ''
     group by s.local_day, u.page) x
   where rk <= p_top;

  select count(distinct local_day) into v_days from web.session;
  if v_days > 0 then
    insert into web.funnel as f (local_day, s1, s2, rate)
    select local_day, count(*), count(*) filter (where '/cart' = any (pages)),
           (count(*) filter (where '/cart' = any (pages)))::numeric / count(*)
      from web.session group by local_day
    on conflict (local_day) do update set s1 = excluded.s1, s2 = excluded.s2, rate = excluded.rate, updated = f.updated + 1
     where (f.s1, f.s2) is distinct from (excluded.s1, excluded.s2);
  end if;
  update web.funnel f set rate = null from (select local_day from web.funnel except select local_day from web.session) gone where gone.local_day = f.local_day;
end $$;
