{# Reading one field of a JSON text. A missing field and one of a wrong type are both NULL. #}

{% macro json_text(field) -%}
  JSON_VALUE(payload, '$.{{ field }}')
{%- endmacro %}

{# Not RETURNING DOUBLE: Flink 2.3 fails on it where the number has no fraction ("Integer cannot be cast to BigDecimal"). #}
{% macro json_number(field) -%}
  TRY_CAST(JSON_VALUE(payload, '$.{{ field }}') AS DOUBLE)
{%- endmacro %}

{% macro json_timestamp(field) -%}
  TO_TIMESTAMP(JSON_VALUE(payload, '$.{{ field }}'), 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z''')
{%- endmacro %}

{# The OBD-II parameters of vars.pids, for a SELECT list or the arguments of a function. #}
{% macro pid_fields(indent=2) -%}
  {% for pid in var('pids') %}{{ pid.field }}{% if not loop.last %},
{{ ' ' * indent }}{% endif %}{% endfor %}
{%- endmacro %}
