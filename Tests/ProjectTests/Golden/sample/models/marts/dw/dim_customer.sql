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
        "at",
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

    select coalesce(max(customer_key), 0) as highest
    from dim_customer_before

),

series as (

    select 1 as step
    union all
    select step + 1
    from series
    where step < 3

),

merged as (

    select b.*
    from dim_customer_before as b
    union all
    select
        (n.highest + row_number() over (order by o.customer))::bigint,
        o.customer::varchar(20),
        left({{ parameter('p_region', 'text') }}, 3)::character(3),
        'new'::dw.status,
        3::dw.score,
        array['a']::text[],
        '{"a": {"b": 1}}'::jsonb,
        (
            sum(o.amount) * (1 + {{ parameter('p_rate', 'numeric') }})
        )::numeric(10, 2),
        0.5::numeric,
        {{ call_timestamp() }},
        (n.highest + row_number() over (order by o.customer))::integer,
        s.step,
        null::uuid,
        null::int4range,
        null::integer[],
        null::numeric(6, 1)[],
        null::time(3) without time zone,
        null::interval,
        null::bit varying(5),
        null::bytea,
        null::inet,
        null::dw.status[],
        null::double precision,
        null::smallint,
        null::boolean
    from int_orders_filtered as o
    cross join numbered as n
    cross join (select max(step) as step from series) as s
    where
        not exists (
            select 1
            from dim_customer_before as b
            where b.name = o.customer
        )
        and {{ parameter('p_strict', 'boolean') }}
    group by o.customer, n.highest, s.step

)

select * from merged
