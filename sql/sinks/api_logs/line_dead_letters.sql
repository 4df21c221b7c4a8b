-- Lines that could not be used, as they were written, with the reason and their place in the log: their key, since a line that the
-- collector sends again has the same one. Without an envelope the place in Kafka stands in its stead.
{{ config(indexes=[['received_at']]) }}
CREATE TABLE line_dead_letters (
  host        STRING,
  file_id     STRING,
  file_offset BIGINT,
  received_at TIMESTAMP(3),
  reason      STRING,
  line        STRING,
  PRIMARY KEY (host, file_id, file_offset) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'line_dead_letters') }}
);

-- noqa: FS815 a line that comes twice under one place is the same line
INSERT INTO line_dead_letters
SELECT
  COALESCE({{ without_nul(envelope_text('host')) }}, 'kafka') AS host,
  COALESCE({{ without_nul(envelope_text('id')) }}, CAST(kafka_partition AS STRING)) AS file_id,
  COALESCE(TRY_CAST({{ envelope_text('offset') }} AS BIGINT), kafka_offset) AS file_offset,
  CAST(received_at AS TIMESTAMP(3)) AS received_at,
  reason,
  {{ kept_line(without_nul('line')) }} AS line
FROM (
  SELECT payload, kafka_partition, kafka_offset, received_at, reason, line
  FROM {{ ref('log_fields') }}
  WHERE reason IS NOT NULL
  UNION ALL
  SELECT payload, kafka_partition, kafka_offset, received_at, 'not a JSON object' AS reason, line
  FROM {{ ref('log_values') }}
  WHERE line_values IS NULL AND line IS NOT JSON OBJECT
  UNION ALL
  SELECT
    payload,
    kafka_partition,
    kafka_offset,
    received_at,
    'no line in an envelope' AS reason,
    payload AS line
  FROM {{ ref('log_lines') }}
  WHERE line IS NULL
)
