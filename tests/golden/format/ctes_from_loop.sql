with {% for n in names %}{{ n }} as (select * from {{ ref(n) }}){% if not loop.last %}, {% endif %}{% endfor %}
select 1
-- formatted:
WITH {% for n in names %}{{ n }} AS (
  SELECT *
  FROM {{ ref(n) }}
){% if not loop.last %}, {% endif %}{% endfor %}
SELECT 1
