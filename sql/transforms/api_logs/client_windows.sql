-- Clients in windows of two seconds: all that is found out about single clients is made of these, or of the few requests that something is wrong
-- with. The place belongs to the client, so it makes no more rows.
SELECT
  window_time,
  client,
  country_code,
  city,
  latitude,
  longitude,
  COUNT(*) AS requests,
  COUNT(*) FILTER (WHERE status >= 400) AS errors,
  COUNT(*) FILTER (WHERE status = 429) AS throttled,
  SUM(bytes_out) AS bytes_out,
  MIN(CAST(event_time AS TIMESTAMP(3))) AS first_seen,
  MAX(CAST(event_time AS TIMESTAMP(3))) AS last_seen
FROM TABLE(TUMBLE(TABLE {{ ref('requests') }}, DESCRIPTOR(event_time), INTERVAL '2' SECOND))
GROUP BY window_start, window_end, window_time, client, country_code, city, latitude, longitude
