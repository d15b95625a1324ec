with

source as (

    select * from {{ source('dw', 'orders') }}

),

renamed as (

    select
        id,
        customer,
        "Order Date",
        amount,
        "select"
    from source

)

select * from renamed
