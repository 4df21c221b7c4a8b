{# Fields of the JSON text in the column `payload`. What is missing or of another type becomes NULL. #}

{% macro json_text(field) -%}
  JSON_VALUE(payload, '$.{{ field }}')
{%- endmacro %}

{# Not RETURNING DOUBLE: Flink 2.3 fails on it where the number has no fraction ("Integer cannot be cast to BigDecimal"). #}
{% macro json_number(field) -%}
  TRY_CAST({{ json_text(field) }} AS DOUBLE)
{%- endmacro %}

{% macro json_timestamp(field) -%}
  TO_TIMESTAMP({{ json_text(field) }}, 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z''')
{%- endmacro %}

{# The OBD-II parameters of vars.pids, for a SELECT list or the arguments of a function. #}
{% macro pid_fields(indent=0) -%}
  {% for pid in var('pids') %}{{ pid.field }}{% if not loop.last %},
  {{ ' ' * indent }}{% endif %}{% endfor %}
{%- endmacro %}

{# What is wrong with a message: the first reason found, NULL where it is sound. The one rule by which messages go on or become
   dead letters; a macro and no view, since only the fields are worth sharing. #}
{% macro what_is_wrong() -%}
  CASE
    WHEN record_id IS NULL THEN
      CASE WHEN payload IS JSON OBJECT THEN 'record_id is missing' ELSE 'not a JSON object' END
    WHEN vehicle_id IS NULL THEN 'vehicle_id is missing'
    WHEN told_time IS NULL THEN 'event_time is missing or no timestamp'
    WHEN sent_time IS NULL THEN 'sent_time is missing or no timestamp'
    {%- for pid in var('pids') %}
    WHEN {{ pid.field }} IS NULL THEN '{{ pid.field }} is missing or no number'
    WHEN {{ pid.field }} NOT BETWEEN {{ pid.low }} AND {{ pid.high }} THEN
      '{{ pid.field }} is not from {{ pid.low }} to {{ pid.high }}'
    {%- endfor %}
  END
{%- endmacro %}
