{%- set cols = ['a', 'b'] -%}
select
  {% for c in cols %}
      sum({{ c }}) as sum_{{ c }}_total
      {%- if not loop.last %},{% endif %}
  {% endfor %}
from {{ ref('x') }}
{% if var('p') %}
where a = 1
  and b = 2
{% else %}
where c = 3
{% endif %}
group by {{ cols | join(', ') }}
-- formatted:
{%- set cols = ['a', 'b'] -%}
SELECT
  {% for c in cols %}
  SUM({{ c }}) AS sum_{{ c }}_total
  {%- if not loop.last %},{% endif %}
  {% endfor %}
FROM {{ ref('x') }}
{% if var('p') %}
WHERE a = 1
  AND b = 2
{% else %}
WHERE c = 3
{% endif %}
GROUP BY {{ cols | join(', ') }}
