{% macro postgres__get_assert_columns_equivalent(sql) -%}
    {%- if config.get('materialized') == 'view' -%}
        {{- return(assert_columns_equivalent(sql)) -}}
    {%- endif -%}
    {#- The driver cannot name enums, domains, uuid or ranges and warns at each.
        The table is created with the contract's types anyway. -#}
    {%- set promised = model.columns.values() | map(attribute='name') | list -%}
    {%- set given = get_columns_in_query(sql) -%}
    {%- if promised | sort != given | sort -%}
        {{- exceptions.raise_compiler_error(
            "the contract of " ~ model.name ~ " promises the columns "
            ~ promised | join(', ') ~ "; the query has " ~ given | join(', ')
        ) -}}
    {%- endif -%}
{%- endmacro %}
