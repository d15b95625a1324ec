create or replace function rep.churn_report(p_month date, p_top int default 3)
returns table (section text, msisdn text, metric numeric, rnk bigint)
language plpgsql as $$
#variable_conflict use_column
declare
    m0 date := date_trunc('month', p_month);
    m1 date := (m0 + interval '1 month')::date;
    v_n int;
begin
    create temp table if not exists t_use (msisdn text, calls int, secs bigint, cost numeric) on commit drop;
    delete from t_use;
    insert into t_use
    select c.msisdn, count(*), sum(secs), sum(cost) from tel.cdr c where at >= m0 and at < m1 group by c.msisdn;

    return query
    select 'top'::text, u.msisdn, u.cost, rank() over (order by u.cost desc nulls last)
    from t_use u join tel.subs s using (msisdn)
    order by u.cost desc nulls last, u.msisdn limit p_top;

    get diagnostics v_n = row_count;
    if v_n = 0 then
        return query select 'none', null::text, 0::numeric, 1::bigint;
    end if;

    -- silent: were active the month before
    return query
    with before as (
        select distinct msisdn from tel.cdr where at >= m0 - interval '1 month' and at < m0
    )
    select 'silent'::text, b.msisdn, coalesce(u.calls, 0)::numeric, row_number() over (order by b.msisdn)
    from before b left join t_use u on u.msisdn = b.msisdn
    where coalesce(u.calls, 0) < 2;

    insert into rep.scored (msisdn, score, bucket, scored_on)
    select s.msisdn, coalesce(u.cost / nullif(u.calls, 0), -1), width_bucket(coalesce(u.calls, 0), 0, 10, 5), m0
    from tel.subs s left join t_use u on u.msisdn = s.msisdn
    where s.ended is null or s.ended >= m0
    on conflict (msisdn) do update set score = excluded.score, bucket = greatest(scored.bucket, excluded.bucket), scored_on = excluded.scored_on;
    return;
end $$;
