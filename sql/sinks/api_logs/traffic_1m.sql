-- Traffic, minute by minute; the minute that goes on grows every ten seconds.
{{ config(indexes=[['window_end']]) }}
CREATE TABLE traffic_1m (
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  country_code STRING,
  endpoint     STRING,
  status_class STRING,
  requests     BIGINT,
  PRIMARY KEY (window_start, country_code, endpoint, status_class) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'traffic_1m') }}
);

-- noqa: FS815 each step of a minute takes the place of the one before
INSERT INTO traffic_1m
SELECT
  window_start,
  window_start + INTERVAL '1' MINUTE AS window_end,
  country_code,
  endpoint,
  status_class,
  SUM(requests) AS requests
FROM TABLE(
  CUMULATE(TABLE {{ ref('traffic_windows') }}, DESCRIPTOR(window_time), INTERVAL '10' SECOND, INTERVAL '1' MINUTE)
)
GROUP BY window_start, window_end, country_code, endpoint, status_class
