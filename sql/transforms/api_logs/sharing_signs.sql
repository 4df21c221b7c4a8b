-- A key that jumps: two new pairs of countries within a minute, each too far apart for the time between. A customer with servers in two
-- countries has one pair.
SELECT
  'key_sharing' AS kind,
  'api_key' AS subject_type,
  api_key_id AS subject,
  sign_time,
  2 AS severity,
  first_seen,
  CAST(last_seen AS TIMESTAMP(3)) AS last_seen,
  requests,
  requests AS requests_before,
  country_code,
  city,
  latitude,
  longitude,
  'two impossible journeys within {{ var("sharing_seconds") }} s' AS rule,
  CONCAT(
    'used in ',
    from_city,
    ' (',
    from_country_code,
    ') and ',
    CAST(TIMESTAMPDIFF(SECOND, from_time, CAST(last_seen AS TIMESTAMP(3))) AS STRING),
    ' s later in ',
    city,
    ' (',
    country_code,
    '), ',
    CAST(CAST(km AS INT) AS STRING),
    ' km away; before that in ',
    other_city,
    ' (',
    other_country_code,
    ')'
  ) AS evidence
FROM {{ ref('key_travels') }}
MATCH_RECOGNIZE (
  PARTITION BY api_key_id
  ORDER BY window_time
  MEASURES
    MATCH_ROWTIME() AS sign_time,
    A.from_time AS first_seen,
    B.window_time AS last_seen,
    A.requests + B.requests AS requests,
    B.country_code AS country_code,
    B.city AS city,
    B.latitude AS latitude,
    B.longitude AS longitude,
    B.from_country_code AS from_country_code,
    B.from_city AS from_city,
    B.from_time AS from_time,
    B.km AS km,
    A.from_city AS other_city,
    A.from_country_code AS other_country_code
  ONE ROW PER MATCH
  AFTER MATCH SKIP TO NEXT ROW
  PATTERN (A B)
  WITHIN INTERVAL '{{ var("sharing_seconds") }}' SECOND
  DEFINE
    A AS A.km > 0,
    B AS B.km > 0
)
