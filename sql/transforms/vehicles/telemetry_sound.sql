-- Sound records, each once: cars send a record again where they saw no answer. The first one that arrives counts, however
-- late it is; its id is remembered for table.exec.state.ttl.
SELECT
  record_id,
  vehicle_id,
  event_time,
  sent_time,
  event_time <= CURRENT_WATERMARK(event_time) AS is_late,
  {{ pid_fields() }},
  dtc
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY record_id ORDER BY seen_at ASC) AS arrival
  FROM {{ ref('telemetry_fields') }}
  WHERE {{ what_is_wrong() }} IS NULL
)
WHERE arrival = 1
