{{
    config(
        schema='dw'
    )
}}

with recursive

dim_customer_before as (

    select
        customer_key,
        name,
        code,
        status,
        score,
        tags,
        extra,
        total,
        plain,
        seen_at,
        "Mixed Case",
        "order",
        uid,
        span,
        ints,
        nums,
        at,
        iv,
        bits,
        raw,
        net,
        states,
        ratio,
        small,
        flag
    from {{ prior_state('dim_customer', source('dw', 'dim_customer')) }}

),

int_orders_filtered as (

    select * from {{ ref('int_orders_filtered') }}

),

numbered as (

    SELECT coalesce(max(customer_key), 0) AS highest FROM dim_customer_before

),

series as (

    SELECT 1 AS step UNION ALL SELECT step + 1 FROM series WHERE step < 3

),

merged as (

    SELECT b.* FROM dim_customer_before b UNION ALL SELECT (n.highest + row_number() OVER (ORDER BY o.customer))::bigint, o.customer::varchar(20), left({{ parameter('p_region', 'text') }}, 3)::character(3), 'new'::dw.status, 3::dw.score, ARRAY['a']::text[], '{"a": {"b": 1}}'::jsonb, (sum(o.amount) * (1 + {{ parameter('p_rate', 'numeric') }}))::numeric(10,2), 0.5::numeric, {{ call_timestamp() }}, (n.highest + row_number() over (order by o.customer))::integer, s.step, NULL::uuid, NULL::int4range, NULL::integer[], NULL::numeric(6,1)[], NULL::time(3) without time zone, NULL::interval, NULL::bit varying(5), NULL::bytea, NULL::inet, NULL::dw.status[], NULL::double precision, NULL::smallint, NULL::boolean FROM int_orders_filtered o CROSS JOIN numbered n CROSS JOIN (SELECT max(step) AS step FROM series) s WHERE NOT EXISTS (SELECT 1 FROM dim_customer_before b WHERE b.name = o.customer) AND {{ parameter('p_strict', 'boolean') }} GROUP BY o.customer, n.highest, s.step

),

final as (

    select
        customer_key,
        name,
        code,
        status,
        score,
        tags,
        extra,
        total,
        plain,
        seen_at,
        "Mixed Case",
        "order",
        uid,
        span,
        ints,
        nums,
        at,
        iv,
        bits,
        raw,
        net,
        states,
        ratio,
        small,
        flag
    from merged

)

select * from final
