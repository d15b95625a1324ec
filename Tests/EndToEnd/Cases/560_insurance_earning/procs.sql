create or replace procedure act.earn(p_from date, p_months int default 3, p_mode varchar(5) default 'daily')
language plpgsql as $$
declare
  c_end constant date := (date_trunc('month', p_from) + make_interval(months => p_months))::date;
begin
  delete from act.earned where month >= date_trunc('month', p_from) and month < c_end;
  insert into act.earned (policy_no, month, cover, days, earned, unearned)
  select p.policy_no, m.month::date, coalesce(p.cover, 'FIRE'), o.days,
         case p_mode when 'daily' then p.premium * o.days / nullif(t.total_days, 0) else p.premium / 12 end,
         p.premium * greatest(0, coalesce(p.cancelled_on, upper(p.period)) - (m.month + interval '1 month')::date) / nullif(t.total_days, 0)
    from (select distinct on (policy_no) * from pol.policy where not isempty(period) order by policy_no, version desc) p
   cross join generate_series(date_trunc('month', p_from), c_end - interval '1 day', '1 month') as m (month)
   cross join lateral (select upper(p.period) - lower(p.period) as total_days) t
   cross join lateral (select upper(x.r) - lower(x.r) as days
                         from (select p.period * daterange(m.month::date, (m.month + interval '1 month')::date) * daterange(null, p.cancelled_on, '[)') as r) x
                        where not isempty(x.r)) o;

  delete from act.reserve r where r.month between date_trunc('month', p_from)::date and c_end;
  insert into act.reserve (month, cover, upr, policies, avg_days)
  select e.month, coalesce(initcap(e.cover::text), 'Total'), coalesce(sum(e.unearned), 0), count(distinct e.policy_no), avg(e.days)
    from act.earned e
   where e.month >= date_trunc('month', p_from) and e.month < c_end
   group by rollup (e.month, e.cover)
  having grouping(e.month) = 0 and (grouping(e.cover) = 1 or sum(e.unearned) > 0);
end $$;
