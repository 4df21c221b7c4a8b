-- One row for each attack, with the rule that it broke and the numbers, brought up to date while it lasts. An alert whose last_seen lies
-- behind is over.
{{ config(indexes=[['last_seen'], ['first_seen'], ['subject']]) }}
CREATE TABLE attack_alerts (
  kind         STRING,
  subject_type STRING,
  subject      STRING,
  episode      INT,
  first_seen   TIMESTAMP(3),
  last_seen    TIMESTAMP(3),
  requests     BIGINT,
  country_code STRING,
  city         STRING,
  latitude     DOUBLE,
  longitude    DOUBLE,
  rule         STRING,
  evidence     STRING,
  PRIMARY KEY (kind, subject_type, subject, episode) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'attack_alerts', flush_ms=100) }}
);

INSERT INTO attack_alerts
SELECT
  kind,
  subject_type,
  subject,
  episode,
  MIN(first_seen) AS first_seen,
  MAX(last_seen) AS last_seen,
  SUM(CASE WHEN is_start THEN requests_before ELSE requests END) AS requests,
  LAST_VALUE(country_code) AS country_code,
  LAST_VALUE(city) AS city,
  LAST_VALUE(latitude) AS latitude,
  LAST_VALUE(longitude) AS longitude,
  LAST_VALUE(rule) AS rule,
  LAST_VALUE({{ without_nul('evidence') }}) AS evidence
FROM {{ ref('attack_episodes') }}
GROUP BY kind, subject_type, subject, episode
