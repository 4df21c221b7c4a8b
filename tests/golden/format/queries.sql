with late as (select o.id, o.ts from orders o left join shipments s on o.id=s.order_id and s.ts between o.ts and o.ts + interval '4' hour where s.order_id is null), early(id) as (values (1),(2))
select l.id, count(*) filter (where l.ts > timestamp '2026-01-01 00:00:00') as n, sum(price) over (partition by l.id order by l.ts range between interval '10' second preceding and current row) total, case when count(*)>1 then 'many' else 'one' end as many
from late l cross join unnest(l.items) with ordinality as i(item, n), lateral table(split(l.id)) as t(word)
where (l.id in (select id from early) or l.id is not distinct from 3) and l.x not like '%a' escape '!' group by grouping sets ((l.id),()) having count(*)>=2 order by n desc nulls last, l.id limit 10
-- formatted:
WITH late AS (
  SELECT o.id, o.ts
  FROM orders o
  LEFT JOIN shipments s ON o.id = s.order_id AND s.ts BETWEEN o.ts AND o.ts + INTERVAL '4' HOUR
  WHERE s.order_id IS NULL
),
early (id) AS (VALUES (1), (2))
SELECT
  l.id,
  COUNT(*) FILTER (WHERE l.ts > TIMESTAMP '2026-01-01 00:00:00') AS n,
  SUM(price) OVER (
    PARTITION BY l.id
    ORDER BY l.ts
    RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW
  ) total,
  CASE WHEN COUNT(*) > 1 THEN 'many' ELSE 'one' END AS many
FROM late l
CROSS JOIN UNNEST(l.items) WITH ORDINALITY AS i (item, n), LATERAL TABLE(split(l.id)) AS t (word)
WHERE (l.id IN (SELECT id FROM early) OR l.id IS NOT DISTINCT FROM 3)
  AND l.x NOT LIKE '%a' ESCAPE '!'
GROUP BY GROUPING SETS ((l.id), ())
HAVING COUNT(*) >= 2
ORDER BY n DESC NULLS LAST, l.id
LIMIT 10
