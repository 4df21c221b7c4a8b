select a
from {{ ref('t') }}
{{ where_clause() }}
group by a
{{ having() }}
-- formatted:
SELECT a
FROM {{ ref('t') }}
{{ where_clause() }}
GROUP BY a
{{ having() }}
