{% test expression_is_not_false(model, expression) %}

-- A CHECK holds where its expression is true or unknown.
select *
from {{ model }}
where not ({{ expression }})

{% endtest %}
