-- What each client did in the ten seconds up to each of its windows.
SELECT
  window_time,
  client,
  country_code,
  city,
  latitude,
  longitude,
  requests,
  SUM(requests) OVER w AS requests_10s,
  SUM(errors) OVER w AS errors_10s,
  SUM(throttled) OVER w AS throttled_10s,
  MIN(first_seen) OVER w AS first_seen,
  last_seen
FROM {{ ref('client_windows') }}
WINDOW w AS (PARTITION BY client ORDER BY window_time RANGE BETWEEN INTERVAL '8' SECOND PRECEDING AND CURRENT ROW)
