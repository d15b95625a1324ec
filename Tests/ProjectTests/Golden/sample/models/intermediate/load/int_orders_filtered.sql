with

stg_dw__orders as (

    select * from {{ ref('stg_dw__orders') }}

),

-- lines 3-9: keep recent orders {{ '{{' }} raw }}
-- second line
filtered as (

    select
        o.id,
        o.customer,
        o."Order Date" as order_date,
        o.amount,
        o."select" as kind,
        '{{ '{{' }} raw }}' || '{{ '{%' }} if %}' as "Jinja {{ '{{' }} x }}",
        E'a\n{{ '{#' }}' || 'two
  lines' as text_of_two_lines
    from stg_dw__orders as o /* {{ '{{' }} note }} */
    where
        o."Order Date" >= {{ parameter('p_since', 'date') }}
        and (
            o.amount >= {{ parameter('p_min', 'bigint') }}
            or {{ parameter('p_min', 'bigint') }} is null
        )
        and o.customer = {{ parameter('p_region', 'text') }} -- {{ '{%' }} end %}

)

select * from filtered
