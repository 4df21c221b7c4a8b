-- How many clients each endpoint had, in windows of five seconds.
SELECT
  window_time,
  endpoint,
  COUNT(*) AS requests,
  COUNT(DISTINCT client) AS clients,
  MIN(CAST(event_time AS TIMESTAMP(3))) AS first_seen,
  MAX(CAST(event_time AS TIMESTAMP(3))) AS last_seen
FROM TABLE(TUMBLE(TABLE {{ ref('requests') }}, DESCRIPTOR(event_time), INTERVAL '5' SECOND))
GROUP BY window_start, window_end, window_time, endpoint
