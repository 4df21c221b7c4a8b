-- What is thought of a client from when on: the worst sign since it is suspected counts, and without any for a while it is normal again.
SELECT
  subject AS client,
  sign_time AS changed_at,
  CASE
    WHEN MAX(severity) OVER (PARTITION BY subject, since ORDER BY sign_time) = 2 THEN 'attack'
    ELSE 'suspicious'
  END AS verdict,
  since,
  last_seen,
  country_code,
  CONCAT(kind, ': ', {{ without_nul('evidence') }}) AS reason
FROM {{ ref('client_suspicions') }}
UNION ALL
SELECT
  subject AS client,
  window_time AS changed_at,
  'normal' AS verdict,
  window_end AS since,
  MAX(last_seen) AS last_seen,
  MAX(country_code) AS country_code,
  'no sign of an attack for {{ var("verdict_seconds") }} s' AS reason
FROM TABLE(
  SESSION(
    TABLE {{ ref('client_suspicions') }} PARTITION BY subject,
    DESCRIPTOR(sign_time),
    INTERVAL '{{ var("verdict_seconds") }}' SECOND
  )
)
GROUP BY window_start, window_end, window_time, subject
