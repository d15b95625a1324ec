{{
    config(
        enabled=false
    )
}}

-- noqa: disable=all
-- P2D-301 (dw.load, line 50): EXECUTE of an unknown text: {{ '{{' }} x }}
{% if execute %}
    {{ exceptions.raise_compiler_error('fct_refused stands for a part that was not converted; see its description') }}
{% endif %}
