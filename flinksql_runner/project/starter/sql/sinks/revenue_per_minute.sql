-- What comes out: a row per country and minute, in Flink's log (see `flinksql logs`).
CREATE TABLE revenue_per_minute (
  country      STRING,
  window_start TIMESTAMP(3),
  orders       BIGINT,
  revenue      DOUBLE
) WITH (
  'connector' = 'print'
);

INSERT INTO revenue_per_minute
SELECT
  country,
  window_start,
  COUNT(*) AS orders,
  SUM(amount) AS revenue
FROM TABLE(TUMBLE(TABLE {{ ref('named_orders') }}, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY country, window_start, window_end
