-- What each key was used for, in windows of ten seconds. What was refused for a wrong secret is no use of a key.
SELECT
  window_time,
  PROCTIME() AS asked_at,
  api_key_id,
  COUNT(*) AS requests,
  SUM(CASE WHEN status >= 500 THEN 1 ELSE 0 END) AS errors,
  SUM(CASE WHEN status = 429 THEN 1 ELSE 0 END) AS refused,
  SUM(bytes_in + bytes_out) AS moved
FROM TABLE(TUMBLE(TABLE {{ ref('requests') }}, DESCRIPTOR(event_time), INTERVAL '10' SECOND))
WHERE api_key_id <> '' AND status <> 401 AND NOT is_late
GROUP BY window_start, window_end, window_time, api_key_id
