{% macro parameter(name, type, default=none) -%}
    {%- if var.has_var(name) -%}
        {{- typed_literal(var(name), type) -}}
    {%- elif default is not none -%}
        cast({{ default }} as {{ type }})
    {%- elif execute and flags.WHICH not in ['parse', 'list', 'ls', 'generate'] -%}
        {{- exceptions.raise_compiler_error(
            "the parameter '" ~ name ~ "' (" ~ type ~ ") has no default: give it with --vars '{\""
            ~ name ~ "\": ...}'"
        ) -}}
    {%- else -%}
        cast(null as {{ type }})
    {%- endif -%}
{%- endmacro %}
