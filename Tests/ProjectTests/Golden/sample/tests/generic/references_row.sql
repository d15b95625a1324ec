{% test references_row(model, column_name, to, legacy, field) %}

{#- Another pipeline builds the parent: until it has run, the legacy table
    holds the rows. Nor need the child be there when only the parent's pipeline
    ran. -#}
{%- set has_child = not execute or load_relation(model) is not none -%}
{%- set parent = load_relation(to) if execute else none -%}

{% if has_child -%}
select child.{{ column_name }} as missing_value
from {{ model }} as child
left join {{ parent if parent is not none else legacy }} as parent
    on child.{{ column_name }} = parent.{{ field }}
where
    child.{{ column_name }} is not null
    and parent.{{ field }} is null
{%- else -%}
select null as missing_value
where false
{%- endif %}

{% endtest %}
