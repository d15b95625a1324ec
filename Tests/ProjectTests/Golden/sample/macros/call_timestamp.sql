{% macro call_timestamp() -%}
    {#- The instant at which dbt was started stands for the call's now(): the same in every model of a run. -#}
    cast('{{ run_started_at.isoformat() }}' as timestamp with time zone)
{%- endmacro %}
