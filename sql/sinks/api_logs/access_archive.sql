-- Every request, late ones too, by the day of its end; addresses as client_privacy says.
CREATE TABLE access_archive (
  request_id   STRING,
  event_time   TIMESTAMP(3),
  server       STRING,
  client       STRING,
  country_code STRING,
  city         STRING,
  `method`     STRING,
  path         STRING,
  query        STRING,
  status       INT,
  bytes_in     BIGINT,
  bytes_out    BIGINT,
  duration_s   DOUBLE,
  upstream     STRING,
  upstream_s   STRING,
  api_key_id   STRING,
  user_agent   STRING,
  `day`        STRING
) PARTITIONED BY (`day`) WITH (
  {{ archive_files(var('api_logs_archive')) }}
);

INSERT INTO access_archive
SELECT
  request_id,
  event_time,
  server,
  client,
  country_code,
  city,
  `method`,
  path,
  query,
  status,
  bytes_in,
  bytes_out,
  duration_s,
  upstream,
  upstream_s,
  api_key_id,
  user_agent,
  DATE_FORMAT(event_time, 'yyyy-MM-dd') AS `day`
FROM {{ ref('requests') }}
