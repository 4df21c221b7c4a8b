-- Visits of a client: requests with no longer pause between them than the session gap, told when it has passed.
{{ config(indexes=[['last_seen']]) }}
CREATE TABLE client_sessions (
  client       STRING,
  first_seen   TIMESTAMP(3),
  last_seen    TIMESTAMP(3),
  country_code STRING,
  city         STRING,
  requests     BIGINT,
  errors       BIGINT,
  bytes_out    BIGINT,
  PRIMARY KEY (client, first_seen) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'client_sessions') }}
);

-- noqa: FS815 a client has one session at a time
INSERT INTO client_sessions
SELECT
  client,
  MIN(first_seen) AS first_seen,
  MAX(last_seen) AS last_seen,
  MAX(country_code) AS country_code,
  MAX(city) AS city,
  SUM(requests) AS requests,
  SUM(errors) AS errors,
  SUM(bytes_out) AS bytes_out
FROM TABLE(
  SESSION(
    TABLE {{ ref('client_windows') }} PARTITION BY client,
    DESCRIPTOR(window_time),
    INTERVAL '{{ var("session_gap_seconds") }}' SECOND
  )
)
GROUP BY window_start, window_end, client
