-- Lines taken apart, sound or not: a field that can't be read is NULL. Both ways on (sound lines, dead letters) read this view, so that
-- each field is parsed once.
SELECT
  payload,
  line,
  kafka_partition,
  kafka_offset,
  received_at,
  seen_at,
  event_time,
  {{ log_time(line_text('time')) }} AS told_time,
  {{ line_text('server') }} AS server,
  {{ line_text('request_id') }} AS request_id,
  {{ line_text('client') }} AS client,
  {{ line_text('method') }} AS `method`,
  {{ line_text('path') }} AS path,
  {{ line_text('query') }} AS query,
  {{ line_number('status', 'INT') }} AS status,
  {{ line_number('bytes_in', 'BIGINT') }} AS bytes_in,
  {{ line_number('bytes_out', 'BIGINT') }} AS bytes_out,
  {{ line_number('duration_s', 'DOUBLE') }} AS duration_s,
  {{ line_text('upstream') }} AS upstream,
  {{ line_text('upstream_s') }} AS upstream_s,
  {{ line_text('api_key_id') }} AS api_key_id,
  {{ line_text('user_agent') }} AS user_agent
FROM {{ ref('log_lines') }}
WHERE line IS NOT NULL
