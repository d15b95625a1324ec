{% macro typed_literal(value, type) -%}
    {%- set integers = ['smallint', 'integer', 'bigint', 'int2', 'int4', 'int8', 'int'] -%}
    {%- if value is none -%}
        cast(null as {{ type }})
    {%- elif value is boolean -%}
        cast('{{ value | string | lower }}' as {{ type }})
    {%- elif type in ['json', 'jsonb'] and value is not string -%}
        cast('{{ tojson(value) | replace("'", "''") }}' as {{ type }})
    {%- else -%}
        {%- set text = value | string | replace("'", "''") -%}
        {%- if type | lower in integers and ('.' in text or 'e' in text | lower) -%}
            {#- 1e3 is an integer to a person, but not to an integer's input function. -#}
            cast(cast('{{ text }}' as numeric) as {{ type }})
        {%- else -%}
            cast('{{ text }}' as {{ type }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
