-- Signs of all kinds of attacks, one row each time that a rule is met: suspicious (1) or an attack (2).
{% for signs in ['burst_signs', 'flood_signs', 'probe_signs', 'scanning_signs', 'scraping_signs', 'sharing_signs', 'stuffing_signs'] -%}
SELECT *
FROM {{ ref(signs) }}
{% if not loop.last %}UNION ALL
{% endif %}
{%- endfor %}
