{% macro type_numeric() %}DECIMAL{% endmacro %}
