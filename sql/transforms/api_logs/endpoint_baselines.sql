-- Each window of an endpoint with its usual number of clients: the mean of the minute before the newest three windows. NULL before there are two.
SELECT
  window_time,
  endpoint,
  requests,
  clients,
  first_seen,
  last_seen,
  CASE WHEN windows >= 2 THEN usual / CAST(windows AS DOUBLE) END AS usual_clients
FROM (
  SELECT
    *,
    SUM(clients) OVER w - recent_clients AS usual,
    COUNT(*) OVER w - recent_windows AS windows
  FROM {{ ref('endpoint_recent') }}
  WINDOW w AS (PARTITION BY endpoint ORDER BY window_time ROWS BETWEEN 14 PRECEDING AND CURRENT ROW)
)
