-- A client that looks for what may be there: many different paths that are not, within a short time.
SELECT
  'path_scanning' AS kind,
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
  '{{ var("scanning_paths") }} different missing paths within {{ var("scanning_seconds") }} s' AS rule,
  CONCAT(
    CAST(requests AS STRING),
    ' different missing paths within ',
    CAST(TIMESTAMPDIFF(SECOND, CAST(first_seen AS TIMESTAMP(3)), CAST(last_seen AS TIMESTAMP(3))) AS STRING),
    ' s, from ',
    first_one,
    ' to ',
    last_one
  ) AS evidence
FROM {{ ref('missing_paths') }}
MATCH_RECOGNIZE (
  PARTITION BY client
  ORDER BY event_time
  MEASURES
    MATCH_ROWTIME() AS sign_time,
    FIRST(N.event_time) AS first_seen,
    LAST(N.event_time) AS last_seen,
    COUNT(N.path) AS requests,
    FIRST(N.path) AS first_one,
    LAST(N.path) AS last_one,
    LAST(N.country_code) AS country_code,
    LAST(N.city) AS city,
    LAST(N.latitude) AS latitude,
    LAST(N.longitude) AS longitude
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (N{{ '{' ~ var('scanning_paths') ~ '}' }})
  WITHIN INTERVAL '{{ var("scanning_seconds") }}' SECOND
  DEFINE
    N AS N.path IS NOT NULL
)
