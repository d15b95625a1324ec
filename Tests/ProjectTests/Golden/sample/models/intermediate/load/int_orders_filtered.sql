with

stg_dw__orders as (

    select * from {{ ref('stg_dw__orders') }}

),

-- lines 3-9: keep recent orders {{ '{{' }} raw }}
-- second line
filtered as (

    SELECT o.id, o.customer, o."Order Date" AS order_date, o.amount, o."select" AS kind, '{{ '{{' }} raw }}' || '{{ '{%' }} if %}' AS "Jinja {{ '{{' }} x }}", E'a\n{{ '{#' }}' || 'two
  lines' AS text_of_two_lines FROM stg_dw__orders o /* {{ '{{' }} note }} */ WHERE o."Order Date" >= {{ parameter('p_since', 'date', default='(cast(' ~ call_timestamp() ~ ' as date) - 7)') }} AND (o.amount >= {{ parameter('p_min', 'bigint') }} OR {{ parameter('p_min', 'bigint') }} IS NULL) AND o.customer = {{ parameter('p_region', 'text') }} -- {{ '{%' }} end %}

),

final as (

    select
        id,
        customer,
        order_date,
        amount,
        kind,
        "Jinja {{ '{{' }} x }}",
        text_of_two_lines
    from filtered

)

select * from final
