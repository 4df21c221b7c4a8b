-- A client that takes photo after photo, faster than one that looks at them.
SELECT
  'scraping' AS kind,
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
  '{{ var("scraping_examples") }} different examples within {{ var("scraping_seconds") }} s' AS rule,
  CONCAT(
    CAST(requests AS STRING),
    ' different examples within ',
    CAST(TIMESTAMPDIFF(SECOND, CAST(first_seen AS TIMESTAMP(3)), CAST(last_seen AS TIMESTAMP(3))) AS STRING),
    ' s, from ',
    first_one,
    ' to ',
    last_one
  ) AS evidence
FROM {{ ref('fetched_examples') }}
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
  PATTERN (N{{ '{' ~ var('scraping_examples') ~ '}' }})
  WITHIN INTERVAL '{{ var("scraping_seconds") }}' SECOND
  DEFINE
    N AS N.path IS NOT NULL
)
