{# The time now as a TIMESTAMP of the sinks' tables: in UTC, without a zone. #}
{% macro utc_now() %}(now() AT TIME ZONE 'UTC'){% endmacro %}
