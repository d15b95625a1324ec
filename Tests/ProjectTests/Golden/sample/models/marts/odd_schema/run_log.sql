{{
    config(
        materialized='incremental',
        schema='Odd Schema',
        alias='Run Log',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        full_refresh=false
    )
}}

-- depends_on: {{ ref('dim_customer') }}

with

backfill as (

    select
        "Id",
        day,
        text,
        "at"
    from {{ prior_state('run_log', source('odd_schema', 'run_log')) }}
    {% if is_incremental() %}where false{% endif %}

),

earlier as (

    select
        "Id",
        day,
        text,
        "at"
    from {{ prior_state('run_log', source('odd_schema', 'run_log')) }}

),

customers as (

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

past as (

    select *
    from (
        select *
        from backfill
        where
            true
            or exists (select 1)
    ) as backfill
    {% if is_incremental() %}where false{% endif %}

),

final as (

    select
        p."Id",
        p.day,
        p.text,
        p.at
    from past as p
    union all
    select
        (select coalesce(max(e."Id"), 0) + 1 from earlier as e),
        cast({{ call_timestamp() }} as date),
        coalesce({{ parameter('p_note', 'text') }}, 'no note')
        || (select count(*) from customers),
        {{ call_timestamp() }}

)

select * from final
