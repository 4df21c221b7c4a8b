-- A client that sends more than anybody who means well; from half of it on it is suspicious.
SELECT
  'burst_flood' AS kind,
  'client' AS subject_type,
  client AS subject,
  window_time AS sign_time,
  CASE WHEN requests_10s >= {{ var('burst_requests') }} THEN 2 ELSE 1 END AS severity,
  first_seen,
  last_seen,
  requests,
  requests_10s AS requests_before,
  country_code,
  city,
  latitude,
  longitude,
  '{{ var("burst_requests") }} requests within 10 s' AS rule,
  CONCAT(
    CAST(requests_10s AS STRING),
    ' requests within 10 s, ',
    CAST(throttled_10s AS STRING),
    ' of them refused as too many'
  ) AS evidence
FROM {{ ref('client_rates') }}
WHERE requests_10s >= {{ var('burst_requests') }} / 2
