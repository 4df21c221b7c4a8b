-- Messages taken apart, sound or not: a field that can't be read is NULL. Both ways on (sound records, dead letters) read this
-- view, so that each field is parsed once.
SELECT
  payload,
  kafka_partition,
  kafka_offset,
  received_at,
  seen_at,
  event_time,
  {{ json_text('record_id') }} AS record_id,
  {{ json_text('vehicle_id') }} AS vehicle_id,
  {{ json_timestamp('event_time') }} AS told_time,
  {{ json_timestamp('sent_time') }} AS sent_time,
  {% for pid in var('pids') -%}
  {{ json_number(pid.field) }} AS {{ pid.field }},
  {% endfor -%}
  JSON_QUERY(payload, '$.dtc') AS dtc
FROM {{ source('telemetry') }}
