{% set q %}
select a from t
{% endset %}
{% call wrap('x') %}
select b
from u
{% endcall %}
select * from ({{ q }}) as s union all {{ q }}
-- formatted:
{% set q %}
  SELECT a
  FROM t
{% endset %}
{% call wrap('x') %}
  SELECT b
  FROM u
{% endcall %}
SELECT *
FROM ({{ q }}) AS s
UNION ALL
{{ q }}
