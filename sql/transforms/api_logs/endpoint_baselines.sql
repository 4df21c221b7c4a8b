-- Each window of an endpoint with its usual number of clients: the mean of the minute before the newest two windows. NULL before there
-- are three, since the first one may be a part of a window only.
SELECT
  window_time,
  endpoint,
  requests,
  clients,
  first_seen,
  last_seen,
  CASE WHEN windows >= 3 THEN usual / CAST(windows AS DOUBLE) END AS usual_clients
FROM (
  SELECT
    *,
    SUM(clients) OVER w - recent_clients AS usual,
    COUNT(*) OVER w - recent_windows AS windows
  FROM {{ ref('endpoint_recent') }}
  WINDOW w AS (PARTITION BY endpoint ORDER BY window_time ROWS BETWEEN 13 PRECEDING AND CURRENT ROW)
)
