{{
    config(
        materialized='view'
    )
}}

with

stg_dw__orders as (

    select * from {{ ref('stg_dw__orders') }}

),

totals as (

    select
        customer,
        sum(amount) as total
    from stg_dw__orders
    where customer = 'US'
    group by customer

)

select * from totals
