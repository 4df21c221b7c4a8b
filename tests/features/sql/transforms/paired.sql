SELECT c.user_id, o.id, COALESCE(c.window_start, o.window_start) AS window_start
FROM (
  SELECT user_id, window_start, window_end FROM TABLE(TUMBLE(TABLE {{ ref('clicks') }}, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
) AS c
FULL JOIN (
  SELECT id, window_start, window_end FROM TABLE(TUMBLE(TABLE {{ ref('orders') }}, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
) AS o ON c.user_id = o.id AND c.window_start = o.window_start AND c.window_end = o.window_end
