SELECT o.id, c.v, COALESCE(o.window_start, c.window_start) AS starts
FROM (
  SELECT *
  FROM TABLE(TUMBLE(TABLE {{ ref('orders') }}, DESCRIPTOR(ts), INTERVAL '10' SECOND))
) AS o
FULL JOIN (
  SELECT *
  FROM TABLE(TUMBLE(TABLE {{ ref('clicks') }}, DESCRIPTOR(ts), INTERVAL '10' SECOND))
) AS c ON o.k = c.k AND o.window_start = c.window_start AND o.window_end = c.window_end
