-- The clients with most requests in each minute; the minute that goes on is brought up to date every ten seconds.
{{ config(indexes=[['window_end']]) }}
CREATE TABLE top_clients (
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  place        BIGINT,
  client       STRING,
  country_code STRING,
  requests     BIGINT,
  errors       BIGINT,
  bytes_out    BIGINT,
  PRIMARY KEY (window_start, place) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'top_clients') }}
);

INSERT INTO top_clients
SELECT
  window_start,
  window_start + INTERVAL '1' MINUTE AS window_end,
  place,
  client,
  country_code,
  requests,
  errors,
  bytes_out
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY requests DESC, client ASC) AS place
  FROM (
    SELECT
      window_start,
      window_end,
      client,
      MAX(country_code) AS country_code,
      SUM(requests) AS requests,
      SUM(errors) AS errors,
      SUM(bytes_out) AS bytes_out
    FROM TABLE(
      CUMULATE(TABLE {{ ref('client_windows') }}, DESCRIPTOR(window_time), INTERVAL '10' SECOND, INTERVAL '1' MINUTE)
    )
    GROUP BY window_start, window_end, client
  )
)
WHERE place <= 20
