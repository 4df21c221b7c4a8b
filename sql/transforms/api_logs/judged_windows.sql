-- What clients did, with the verdict on them at that time.
SELECT
  w.window_time,
  w.country_code,
  w.city,
  w.latitude,
  w.longitude,
  w.requests,
  w.last_seen,
  COALESCE(v.verdict, 'normal') AS verdict
FROM {{ ref('client_windows') }} AS w
LEFT JOIN {{ ref('verdicts') }} FOR SYSTEM_TIME AS OF w.window_time AS v ON w.client = v.client
