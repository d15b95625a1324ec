create or replace procedure mkt.attribute(p_lookback interval default '7 days', p_gap interval default '30 minutes')
language plpgsql as $$
begin
  truncate mkt.session, mkt.attribution;
  with marked as (
    select visitor, ts, channel,
           case when ts - lag(ts) over w > p_gap or lag(ts) over w is null then 1 else 0 end as is_new
      from web.touch where visitor is not null
    window w as (partition by visitor order by ts, channel)
  ), numbered as (
    select *, sum(is_new) over (partition by visitor order by ts, channel rows unbounded preceding) as session_no from marked
  )
  insert into mkt.session
  select visitor, session_no, min(ts), count(*), array_agg(channel order by ts, channel) from numbered group by visitor, session_no;

  insert into mkt.attribution (conv_id, channel, model, credit, revenue)
  select x.conv_id, x.channel, m.model, sum(m.credit), sum(m.credit * x.revenue)
    from (select c.conv_id, c.revenue, t.channel,
                 row_number() over (partition by c.conv_id order by t.ts, t.channel) as pos,
                 count(*) over (partition by c.conv_id) as n
            from web.conversion c join web.touch t on t.visitor = c.visitor and t.ts <= c.ts and t.ts > c.ts - p_lookback) x
   cross join lateral (values ('first', case when pos = 1 then 1.0 else 0 end), ('last', (pos = n)::int), ('linear', round(1.0 / n, 6)),
                              ('ushape', case when n = 1 then 1 when n = 2 then 0.5 when pos in (1, n) then 0.4 else 0.2 / (n - 2) end)) as m (model, credit)
   group by x.conv_id, x.channel, m.model
  having sum(m.credit) > 0;

  insert into mkt.channel_roi as r
  select coalesce(a.channel, t.channel), sum(a.revenue), max(t.cost), sum(a.revenue) / nullif(max(t.cost), 0), dense_rank() over (order by sum(a.revenue) desc nulls last)
    from (select channel, revenue from mkt.attribution where model = 'linear') a
    full join (select channel, sum(cost) as cost from web.touch group by channel) t on t.channel = a.channel
   group by coalesce(a.channel, t.channel)
  on conflict (channel) do update set (revenue, cost, roi, rank) = (excluded.revenue, excluded.cost, excluded.roi, excluded.rank);
end $$;
