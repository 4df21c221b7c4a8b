-- Lines of the API's access logs, as the collector sends them: each in an envelope that says where it stood (docs/collect.md). Read as
-- text, and once, for all that follows: broken lines must be kept (docs/decisions/0003).
CREATE TABLE access_log (
  payload         STRING,
  kafka_partition INT METADATA FROM 'partition' VIRTUAL,
  kafka_offset    BIGINT METADATA FROM 'offset' VIRTUAL,
  received_at     TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  seen_at         AS PROCTIME(),
  -- no request ended after its line arrived: a server whose clock is ahead must not push the watermark into the future
  event_time      AS LEAST(
    COALESCE({{ enveloped_time() }}, CAST(received_at AS TIMESTAMP(3))),
    CAST(received_at AS TIMESTAMP(3))
  ),
  WATERMARK FOR event_time AS event_time - INTERVAL '{{ var("api_logs_delay_seconds") }}' SECOND
) WITH (
  {{ kafka_text(var('api_logs_topic')) }}
)
