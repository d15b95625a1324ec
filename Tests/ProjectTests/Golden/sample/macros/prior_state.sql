{% macro prior_state(model_name, legacy) -%}
    {%- set ns = namespace(relation=none) -%}
    {%- if execute -%}
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
    {%- endif -%}
    {{- ns.relation if ns.relation is not none else legacy -}}
{%- endmacro %}
