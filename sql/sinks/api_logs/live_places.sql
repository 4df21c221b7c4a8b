-- The live map: requests of ten seconds by place, growing every two seconds, and how many of them came from clients that are suspected or
-- attack. Clients without a place are on no map.
{{ config(indexes=[['at']]) }}
CREATE TABLE live_places (
  `at`         TIMESTAMP(3),
  country_code STRING,
  city         STRING,
  latitude     DOUBLE,
  longitude    DOUBLE,
  requests     BIGINT,
  suspicious   BIGINT,
  attacks      BIGINT,
  last_seen    TIMESTAMP(3),
  PRIMARY KEY (`at`, country_code, city) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'live_places') }}
);

INSERT INTO live_places
SELECT
  `at`,
  country_code,
  city,
  MAX(latitude) AS latitude,
  MAX(longitude) AS longitude,
  SUM(requests) AS requests,
  SUM(CASE WHEN verdict = 'suspicious' THEN requests ELSE 0 END) AS suspicious,
  SUM(CASE WHEN verdict = 'attack' THEN requests ELSE 0 END) AS attacks,
  MAX(last_seen) AS last_seen
FROM (
  SELECT
    *,
    TIMESTAMPADD(
      SECOND,
      -MOD({{ whole_seconds('window_time') }}, 10),
      FLOOR(CAST(window_time AS TIMESTAMP(3)) TO SECOND)
    ) AS `at`
  FROM {{ ref('judged_windows') }}
  WHERE latitude IS NOT NULL
)
GROUP BY `at`, country_code, city
