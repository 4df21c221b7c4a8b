-- What cars send: one message per car every few seconds. It is read as text, and once, for all that follows: Flink's json
-- format can't hand over a message that it fails on, and broken messages must be kept (docs/decisions/0003).
CREATE TABLE telemetry (
  payload         STRING,
  kafka_partition INT METADATA FROM 'partition' VIRTUAL,
  kafka_offset    BIGINT METADATA FROM 'offset' VIRTUAL,
  received_at     TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  seen_at         AS PROCTIME(),
  -- no reading is younger than its arrival: a broken clock must not push the watermark into the future
  event_time      AS LEAST(
    COALESCE({{ json_timestamp('event_time') }}, CAST(received_at AS TIMESTAMP(3))),
    CAST(received_at AS TIMESTAMP(3))
  ),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  {{ kafka_text(var('vehicles_topic')) }}
)
