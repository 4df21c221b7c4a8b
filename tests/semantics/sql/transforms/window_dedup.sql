SELECT k, v, ts, window_start
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY ts DESC) AS n
  FROM TABLE(TUMBLE(TABLE {{ ref('clicks') }}, DESCRIPTOR(ts), INTERVAL '10' SECOND))
)
WHERE n = 1
