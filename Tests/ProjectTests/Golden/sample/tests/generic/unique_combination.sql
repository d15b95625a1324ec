{% test unique_combination(model, columns) %}

{%- set quoted = [] -%}
{%- for column in columns -%}
    {%- do quoted.append(adapter.quote(column)) -%}
{%- endfor %}

-- Rows with a NULL in the key are different from all others, as in SQL.
select
    {{ quoted | join(',\n    ') }},
    count(*) as n_records
from {{ model }}
where
    {{ quoted | join(' is not null\n    and ') }} is not null
group by
    {{ quoted | join(',\n    ') }}
having count(*) > 1

{% endtest %}
