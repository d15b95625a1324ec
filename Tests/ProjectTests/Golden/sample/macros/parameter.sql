{% macro parameter(name, type, default=none) -%}
    {#- Defaults of the routines that SQL has to compute. -#}
    {%- set computed = {
        'p_since': '(cast(' ~ call_timestamp() ~ ' as date) - 7)',
    } -%}
    {#- var() would render a text from the command line as Jinja; a unit test has values of its own, which only var() knows. -#}
    {%- set is_unit_test = model is defined and model.resource_type == 'unit_test' -%}
    {%- set given = {} if is_unit_test else invocation_args_dict.get('vars') or {} -%}
    {%- if given is mapping and name in given -%}
        {{- typed_literal(given[name], type) -}}
    {%- elif var.has_var(name) -%}
        {{- typed_literal(var(name), type) -}}
    {%- elif default is not none -%}
        cast({{ default }} as {{ type }})
    {%- elif name in computed -%}
        cast({{ computed[name] }} as {{ type }})
    {%- elif execute and flags.WHICH not in ['parse', 'list', 'generate'] -%}
        {{- exceptions.raise_compiler_error(
            "the parameter '" ~ name ~ "' (" ~ type ~ ") has no default: give it with --vars '{\""
            ~ name ~ "\": ...}'"
        ) -}}
    {%- else -%}
        cast(null as {{ type }})
    {%- endif -%}
{%- endmacro %}
