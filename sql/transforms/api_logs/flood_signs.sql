-- An endpoint that has many more clients than it usually has. Clients and not requests are counted: one client that sends much, or a customer's
-- burst, is no distributed flood.
SELECT
  'distributed_flood' AS kind,
  'endpoint' AS subject_type,
  endpoint AS subject,
  window_time AS sign_time,
  2 AS severity,
  first_seen,
  last_seen,
  requests,
  requests AS requests_before,
  '' AS country_code,
  '' AS city,
  CAST(NULL AS DOUBLE) AS latitude,
  CAST(NULL AS DOUBLE) AS longitude,
  '{{ var("flood_factor") }} times the usual clients within 5 s' AS rule,
  CONCAT(
    CAST(clients AS STRING),
    ' clients with ',
    CAST(requests AS STRING),
    ' requests within 5 s, usually ',
    CAST(CAST(usual_clients AS INT) AS STRING),
    ' clients'
  ) AS evidence
FROM {{ ref('endpoint_baselines') }}
WHERE clients >= {{ var('flood_factor') }} * usual_clients
  AND clients >= usual_clients + {{ var('flood_deviations') }} * SQRT(usual_clients + 1)
