-- Each window of an endpoint with the sum of the newest two, which belong to no baseline: an attack needs time to grow.
SELECT
  *,
  SUM(clients) OVER w AS recent_clients,
  COUNT(*) OVER w AS recent_windows
FROM {{ ref('endpoint_windows') }}
WINDOW w AS (PARTITION BY endpoint ORDER BY window_time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
