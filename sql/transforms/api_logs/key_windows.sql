-- From where each key was used, in windows of two seconds. What the gateway refused is no use of a key.
SELECT
  window_time,
  api_key_id,
  country_code,
  MAX(city) AS city,
  MAX(latitude) AS latitude,
  MAX(longitude) AS longitude,
  COUNT(*) AS requests
FROM TABLE(TUMBLE(TABLE {{ ref('key_uses') }}, DESCRIPTOR(event_time), INTERVAL '2' SECOND))
GROUP BY window_start, window_end, window_time, api_key_id, country_code
