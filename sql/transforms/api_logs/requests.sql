-- Requests as all tables see them: the client hidden as client_privacy says, the endpoint and class named, and whether the request comes too late
-- for its window of ten seconds. Flink drops a row whose window has closed, that is window_end - 1 ms <= watermark; in whole windows since
-- the start of 2000: the window of event_time lies before that of the watermark + 1 ms. All windows are made of these, so one rule holds.
SELECT
  request_id,
  event_time,
  seen_at,
  server,
  {{ kept_client('client') }} AS client,
  `method`,
  path,
  query,
  status,
  bytes_in,
  bytes_out,
  duration_s,
  upstream,
  upstream_s,
  api_key_id,
  user_agent,
  {{ endpoint() }} AS endpoint,
  CONCAT(CAST(status / 100 AS STRING), 'xx') AS status_class,
  {{ latency_bucket('duration_s') }} AS latency_bucket,
  COALESCE(place.country_code, '') AS country_code,
  COALESCE(place.country, '') AS country,
  COALESCE(place.city, '') AS city,
  place.latitude AS latitude,
  place.longitude AS longitude,
  COALESCE(
    {{ whole_seconds('event_time') }}
      / 10 < {{ whole_seconds("(CURRENT_WATERMARK(event_time) + INTERVAL '0.001' SECOND)") }} / 10,
    FALSE
  ) AS is_late
FROM {{ ref('requests_located') }}
