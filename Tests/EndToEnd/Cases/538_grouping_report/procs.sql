create or replace function rpt.build_summary(p_from date default null, p_to date default null, p_min numeric default 0)
returns setof rpt.kpi
language plpgsql
as $fn$
#variable_conflict use_column
declare
  region text := 'never used';
begin
  truncate rpt.summary;
  insert into rpt.summary
  select grouping(s.region, s.channel, date_trunc('quarter', s.sold_on))::int,
         case when grouping(s.region) = 1 then 'ALL' else coalesce(s.region, '(none)') end,
         case when grouping(s.channel) = 1 then 'ALL' else s.channel end,
         case when grouping(date_trunc('quarter', s.sold_on)) = 0 then to_char(date_trunc('quarter', s.sold_on), 'YYYY"Q"Q') end,
         sum(s.amount),
         round(100 * (sum(s.amount) - sum(coalesce(s.cost, 0))) / nullif(sum(s.amount), 0), 3),
         percentile_disc(0.5) within group (order by s.qty),
         mode() within group (order by s.sku),
         string_agg(distinct s.sku, ',' order by s.sku),
         rank() over (partition by grouping(s.region, s.channel, date_trunc('quarter', s.sold_on)) order by sum(s.amount) desc nulls last)
    from shop.sale s
   where (p_from is null or s.sold_on >= p_from)
     and s.sold_on <= coalesce(p_to, 'infinity'::date)
   group by grouping sets ((s.region, s.channel), rollup (s.region, date_trunc('quarter', s.sold_on)), ())
  having coalesce(sum(s.amount), 0) >= p_min;

  return query
  select s.region, s.amount, round(s.amount / nullif(sum(s.amount) over (), 0), 4)
    from rpt.summary s
   where s.channel = 'ALL' and s.quarter is null and s.region <> 'ALL';

  if not found then
    return query select '(no rows)'::text, null::numeric, 0.0;
  end if;
  return;
end
$fn$;
