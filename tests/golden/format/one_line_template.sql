{{config(tags=['a'])}} select a, {% for c in cols %}{{c}}{% if not loop.last %}, {% endif %}{% endfor %} from {{ref('x')}} where 1=1 {% if y %}and b={{y}}{% endif %} group by a
-- formatted:
{{ config(tags=['a']) }}
SELECT a, {% for c in cols %}{{ c }}{% if not loop.last %}, {% endif %}{% endfor %}
FROM {{ ref('x') }}
WHERE 1 = 1 {% if y %}AND b = {{ y }}{% endif %}
GROUP BY a
