-- Lines taken apart: a field that can't be read is NULL, and so is the reason where nothing is wrong. Both ways on (sound lines, dead
-- letters) read this view, so that each line is looked at once.
SELECT *, {{ what_is_wrong_with_line() }} AS reason
FROM (
  SELECT
    payload,
    line,
    kafka_partition,
    kafka_offset,
    received_at,
    seen_at,
    event_time,
    {{ line_text('time') }} AS told_time,
    {{ line_text('server') }} AS server,
    {{ line_text('request_id') }} AS request_id,
    {{ line_text('client') }} AS client,
    {{ line_text('method') }} AS `method`,
    {{ line_text('path') }} AS path,
    {{ line_text('query') }} AS query,
    {{ line_number('status', 'INT') }} AS status,
    {{ line_number('bytes_in', 'BIGINT') }} AS bytes_in,
    {{ line_number('bytes_out', 'BIGINT') }} AS bytes_out,
    CAST({{ line_number('duration_s', 'DECIMAL(12, 6)') }} AS DOUBLE) AS duration_s,
    {{ line_text('upstream') }} AS upstream,
    {{ line_text('upstream_s') }} AS upstream_s,
    {{ line_text('api_key_id') }} AS api_key_id,
    {{ line_text('user_agent') }} AS user_agent
  FROM {{ ref('log_values') }}
  WHERE line_values IS NOT NULL OR line IS JSON OBJECT
)
