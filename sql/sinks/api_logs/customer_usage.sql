-- What each customer used, hour by hour; the hour that goes on grows every ten seconds.
{{ config(indexes=[['hour']]) }}
CREATE TABLE customer_usage (
  `hour`   TIMESTAMP(3),
  customer STRING,
  plan     STRING,
  requests BIGINT,
  errors   BIGINT,
  refused  BIGINT,
  moved    BIGINT,
  updated  TIMESTAMP(3),
  PRIMARY KEY (`hour`, customer) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'customer_usage') }}
);

INSERT INTO customer_usage
SELECT /*+ STATE_TTL('used' = '3h') */
  FLOOR(CAST(window_time AS TIMESTAMP(3)) TO HOUR) AS `hour`,
  customer,
  MAX(plan) AS plan,
  SUM(requests) AS requests,
  SUM(errors) AS errors,
  SUM(refused) AS refused,
  SUM(moved) AS moved,
  MAX(CAST(window_time AS TIMESTAMP(3))) AS updated
FROM {{ ref('customer_windows') }} AS used
GROUP BY FLOOR(CAST(window_time AS TIMESTAMP(3)) TO HOUR), customer
