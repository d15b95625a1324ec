{% test documented_columns(model) %}

{#- The relation has the columns that its properties file lists, no more and no
    less: for models without a contract, whose rows nothing else tells about. -#}
{%- set differences = [] -%}
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
            {%- do differences.append(name ~ " is missing") -%}
        {%- endfor -%}
        {%- for name in present if name not in listed -%}
            {%- do differences.append(name ~ " is not listed") -%}
        {%- endfor -%}
    {%- endif -%}
{%- endif -%}

{%- for difference in differences %}
select '{{ difference | replace("'", "''") }}' as difference
{{ "union all" if not loop.last }}
{%- else -%}
select 'none' as difference
where false
{%- endfor %}

{% endtest %}
