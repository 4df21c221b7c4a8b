-- Requests in windows of ten seconds by where they come from and what became of them: the one place where late ones are dropped, for all
-- tables made of these.
SELECT
  window_start AS starts,
  window_end AS ends,
  window_time,
  country_code,
  city,
  endpoint,
  status_class,
  COUNT(*) AS requests,
  SUM(bytes_out) AS bytes_out,
  SUM(duration_s) AS duration_s
FROM TABLE(TUMBLE(TABLE {{ ref('requests') }}, DESCRIPTOR(event_time), INTERVAL '10' SECOND))
WHERE NOT is_late
GROUP BY window_start, window_end, window_time, country_code, city, endpoint, status_class
