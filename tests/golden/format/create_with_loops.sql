create table t (
  {% for c in cols -%}
  {{ c.name }} {{ c.type }},
  {% endfor -%}
  ts timestamp(3),  -- time
  `proc` as proctime(), watermark for ts as ts - interval '5' second) with ({{ opts() }},
  'x'='y'
  {% if z %},'a'='b'{% endif %})
-- formatted:
CREATE TABLE t (
  {% for c in cols -%}
  {{ c.name }} {{ c.type }},
  {% endfor -%}
  ts     TIMESTAMP(3), -- time
  `proc` AS proctime(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (
  {{ opts() }},
  'x' = 'y'
  {% if z %}, 'a' = 'b'{% endif %}
)
