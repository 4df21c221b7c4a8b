insert into x
{% for s in sources %}
select a, b from {{ ref(s) }} where a > 0
{% if not loop.last %}union all{% endif %}
{% endfor %}
-- formatted:
INSERT INTO x
{% for s in sources %}
SELECT a, b
FROM {{ ref(s) }}
WHERE a > 0
{% if not loop.last %}UNION ALL{% endif %}
{% endfor %}
