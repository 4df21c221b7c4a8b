-- Traffic, ten seconds by ten seconds. An unknown country or city is ''.
{{ config(indexes=[['window_end']]) }}
CREATE TABLE traffic_10s (
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  country_code STRING,
  city         STRING,
  endpoint     STRING,
  status_class STRING,
  requests     BIGINT,
  bytes_out    BIGINT,
  duration_s   DOUBLE,
  PRIMARY KEY (window_start, window_end, country_code, city, endpoint, status_class) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'traffic_10s') }}
);

-- noqa: FS815 window_time, which is grouped by as well, follows from window_end
INSERT INTO traffic_10s
SELECT
  starts AS window_start,
  ends AS window_end,
  country_code,
  city,
  endpoint,
  status_class,
  requests,
  bytes_out,
  duration_s
FROM {{ ref('traffic_windows') }}
