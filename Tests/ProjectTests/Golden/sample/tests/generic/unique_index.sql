{% test unique_index(model, expressions, condition=none) %}

-- Rows with a NULL in the key are different from all others, as in SQL.
with

keys as (

    select
        {%- for expression in expressions %}
        {{ expression }} as key_{{ loop.index }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ model }}
    where {{ condition if condition is not none else 'true' }}

)

select
    {%- for expression in expressions %}
    key_{{ loop.index }},
    {%- endfor %}
    count(*) as n_records
from keys
where
    {%- for expression in expressions %}
    {{ "and " if not loop.first }}key_{{ loop.index }} is not null
    {%- endfor %}
group by
    {%- for expression in expressions %}
    key_{{ loop.index }}{{ "," if not loop.last }}
    {%- endfor %}
having count(*) > 1

{% endtest %}
