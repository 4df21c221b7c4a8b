-- The errors of the servers, day by day and endpoint by endpoint, beside those that the objective allows.
{{ config(indexes=[['day']]) }}
CREATE TABLE error_budget (
  `day`    TIMESTAMP(3),
  endpoint STRING,
  requests BIGINT,
  errors   BIGINT,
  allowed  DOUBLE,
  updated  TIMESTAMP(3),
  PRIMARY KEY (`day`, endpoint) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'error_budget') }}
);

INSERT INTO error_budget
SELECT /*+ STATE_TTL('traffic' = '2d') */
  FLOOR(starts TO DAY) AS `day`,
  endpoint,
  SUM(requests) AS requests,
  SUM(CASE WHEN status_class = '5xx' THEN requests ELSE 0 END) AS errors,
  SUM(requests) * CAST({{ 1 - var('availability_objective') }} AS DOUBLE) AS allowed,
  MAX(ends) AS updated
FROM {{ ref('traffic_windows') }} AS traffic
GROUP BY FLOOR(starts TO DAY), endpoint
