-- A client that tries whether the API runs what it is sent: one such request is odd, several within half a minute are an attack.
SELECT
  'injection_probes' AS kind,
  'client' AS subject_type,
  client AS subject,
  event_time AS sign_time,
  CASE WHEN COUNT(*) OVER w >= {{ var('probe_requests') }} THEN 2 ELSE 1 END AS severity,
  MIN(CAST(event_time AS TIMESTAMP(3))) OVER w AS first_seen,
  CAST(event_time AS TIMESTAMP(3)) AS last_seen,
  CAST(1 AS BIGINT) AS requests,
  COUNT(*) OVER w AS requests_before,
  country_code,
  city,
  latitude,
  longitude,
  '{{ var("probe_requests") }} requests with code in them within 30 s' AS rule,
  CONCAT(
    CAST(COUNT(*) OVER w AS STRING),
    ' requests with code in them within 30 s, the last one ',
    probe,
    ': ',
    path,
    '?',
    SUBSTRING(query, 1, 80)
  ) AS evidence
FROM {{ ref('probes') }}
WINDOW w AS (PARTITION BY client ORDER BY event_time RANGE BETWEEN INTERVAL '30' SECOND PRECEDING AND CURRENT ROW)
