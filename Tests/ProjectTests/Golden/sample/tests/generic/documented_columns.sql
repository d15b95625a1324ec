{% test documented_columns(model) %}

{#- The relation has the columns that its properties file lists: for models
    without a contract, whose rows nothing else tells about. -#}
{%- set missing = [] -%}
{%- if execute -%}
    {%- set nodes = graph.nodes.values()
        | selectattr("resource_type", "equalto", "model")
        | selectattr("relation_name", "equalto", model | string)
        | list -%}
    {%- if nodes and nodes[0].config.materialized != "ephemeral" -%}
        {%- set listed = nodes[0].columns.keys() | list -%}
        {%- set present = adapter.get_columns_in_relation(model)
            | map(attribute="name")
            | list -%}
        {%- for name in listed if name not in present -%}
            {%- do missing.append(name) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endif -%}

{%- for name in missing %}
select '{{ name | replace("'", "''") }}' as missing_column
{{ "union all" if not loop.last }}
{%- else -%}
select 'none' as missing_column
where false
{%- endfor %}

{% endtest %}
