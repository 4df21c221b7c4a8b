select count({% if d %}distinct {% endif %}a), {{ a }}-{{ b }}, {{ a }} - {{ b }}, -{{ x }}, {{ a }}.{{ b }}, f({{ args }}) over (partition by {{ p }} order by ts) from t
-- formatted:
SELECT
  COUNT({% if d %}DISTINCT {% endif %}a),
  {{ a }}-{{ b }},
  {{ a }} - {{ b }},
  -{{ x }},
  {{ a }}.{{ b }},
  f({{ args }}) OVER (PARTITION BY {{ p }} ORDER BY ts)
FROM t
