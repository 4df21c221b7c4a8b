{% macro kind() %}'normal'{% endmacro %}
