-- A client that tries key after key: many different ones were refused within a short time.
SELECT
  'credential_stuffing' AS kind,
  'client' AS subject_type,
  client AS subject,
  sign_time,
  2 AS severity,
  CAST(first_seen AS TIMESTAMP(3)) AS first_seen,
  CAST(last_seen AS TIMESTAMP(3)) AS last_seen,
  requests,
  requests AS requests_before,
  country_code,
  city,
  latitude,
  longitude,
  '{{ var("stuffing_keys") }} different keys refused within {{ var("stuffing_seconds") }} s' AS rule,
  CONCAT(
    CAST(requests AS STRING),
    ' different keys refused within ',
    CAST(TIMESTAMPDIFF(SECOND, CAST(first_seen AS TIMESTAMP(3)), CAST(last_seen AS TIMESTAMP(3))) AS STRING),
    ' s, from ',
    first_one,
    ' to ',
    last_one
  ) AS evidence
FROM {{ ref('refused_keys') }}
MATCH_RECOGNIZE (
  PARTITION BY client
  ORDER BY event_time
  MEASURES
    MATCH_ROWTIME() AS sign_time,
    FIRST(N.event_time) AS first_seen,
    LAST(N.event_time) AS last_seen,
    COUNT(N.api_key_id) AS requests,
    FIRST(N.api_key_id) AS first_one,
    LAST(N.api_key_id) AS last_one,
    LAST(N.country_code) AS country_code,
    LAST(N.city) AS city,
    LAST(N.latitude) AS latitude,
    LAST(N.longitude) AS longitude
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (N{{ '{' ~ var('stuffing_keys') ~ '}' }})
  WITHIN INTERVAL '{{ var("stuffing_seconds") }}' SECOND
  DEFINE
    N AS N.api_key_id IS NOT NULL
)
