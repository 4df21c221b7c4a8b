-- How long requests took, as a histogram by minute and endpoint; the minute that goes on grows every ten seconds. The macro latency_percentile() makes
-- percentiles of it, wrong by 2 % at most (docs/decisions/0015).
{{ config(indexes=[['window_end']]) }}
CREATE TABLE latency_1m (
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  endpoint     STRING,
  bucket       INT,
  requests     BIGINT,
  PRIMARY KEY (window_start, endpoint, bucket) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'latency_1m') }}
);

-- noqa: FS815 each step of a minute takes the place of the one before
INSERT INTO latency_1m
SELECT window_start, window_start + INTERVAL '1' MINUTE AS window_end, endpoint, bucket, SUM(requests) AS requests
FROM TABLE(
  CUMULATE(TABLE {{ ref('latency_windows') }}, DESCRIPTOR(window_time), INTERVAL '10' SECOND, INTERVAL '1' MINUTE)
)
GROUP BY window_start, window_end, endpoint, bucket
