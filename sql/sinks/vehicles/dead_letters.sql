-- Messages that could not be used, as they came, with the reason and their place in Kafka: their key, since the same
-- message is only ever read again after a failure. (Flink can't know that, hence require-on-conflict: false in project.yml.)
{{ config(indexes=[['received_at']]) }}
CREATE TABLE dead_letters (
  kafka_partition INT,
  kafka_offset    BIGINT,
  received_at     TIMESTAMP(3),
  reason          STRING,
  payload         STRING,
  PRIMARY KEY (kafka_partition, kafka_offset) NOT ENFORCED
) WITH (
  {{ postgres_table(var('vehicles_schema'), 'dead_letters') }}
);

-- noqa: FS815 partition and offset are a message's own place in Kafka
INSERT INTO dead_letters
SELECT
  kafka_partition,
  kafka_offset,
  CAST(received_at AS TIMESTAMP(3)) AS received_at,
  {{ what_is_wrong() }} AS reason,
  payload
FROM {{ ref('telemetry_fields') }}
WHERE {{ what_is_wrong() }} IS NOT NULL
