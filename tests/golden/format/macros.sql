{% macro m(a, b=1) %}
select {{a}}, {{b}} from t
{% endmacro %}
{% macro opts() -%}
'connector'='kafka','topic'='x'
{%- endmacro %}
{% macro one() %}a={{ y }}{% endmacro %}
{# note #}
{%macro three()%}
{% if x %}
'a' = 'b',
{% endif %}
'c' = 'd'
{%endmacro%}
-- formatted:
{% macro m(a, b=1) %}
  SELECT {{ a }}, {{ b }}
  FROM t
{% endmacro %}
{% macro opts() -%}
  'connector' = 'kafka', 'topic' = 'x'
{%- endmacro %}
{% macro one() %}a = {{ y }}{% endmacro %}
{# note #}
{% macro three() %}
  {% if x %}
  'a' = 'b',
  {% endif %}
  'c' = 'd'
{% endmacro %}
