select case {% for k, v in m.items() %} when a = '{{ k }}' then {{ v }} {% endfor %} else 0 end as x,
case
{% for k in ks %}
when a = {{ k }} then {{ k }}_x
{% endfor %}
end as y
from t
-- formatted:
SELECT
  CASE {% for k, v in m.items() %} WHEN a = '{{ k }}' THEN {{ v }} {% endfor %} ELSE 0 END AS x,
  CASE
    {% for k in ks %}
    WHEN a = {{ k }} THEN {{ k }}_x
    {% endfor %}
  END AS y
FROM t
