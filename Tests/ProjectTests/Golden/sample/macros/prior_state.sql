{% macro prior_state(model_name, legacy, after=[]) -%}
    {%- set ns = namespace(relation=none) -%}
    {#- A unit test gives the legacy table as one of its inputs. -#}
    {%- set is_unit_test = model is defined and model.resource_type == 'unit_test' -%}
    {#- What an earlier routine of this very run leaves comes first: the last one counts.
        ref() also when nothing is executed, so that dbt sees the edges. -#}
    {%- for output in after -%}
        {%- set relation = ref(output) -%}
        {%- if execute and not is_unit_test and 'model.' ~ model.package_name ~ '.' ~ output in selected_resources -%}
            {%- set ns.relation = relation -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if execute and not is_unit_test and ns.relation is none -%}
        {%- if model.resource_type == 'model' and model.name == model_name -%}
            {%- set ns.relation = load_relation(this) -%}
        {%- else -%}
            {#- Looked up, not ref()ed: what is read is the state before that model's build. -#}
            {%- for node in graph.nodes.values()
                if node.resource_type == 'model' and node.name == model_name -%}
                {%- set ns.relation = adapter.get_relation(
                    database=node.database, schema=node.schema, identifier=node.alias
                ) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- if ns.relation is none and legacy is none -%}
            {{- exceptions.raise_compiler_error(
                model_name ~ " has no rows yet: build one of the routines that write it"
            ) -}}
        {%- endif -%}
    {%- endif -%}
    {{- ns.relation if ns.relation is not none else legacy -}}
{%- endmacro %}
