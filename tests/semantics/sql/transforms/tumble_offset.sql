SELECT k, window_start, COUNT(*) AS n
FROM TABLE(
  TUMBLE(TABLE {{ ref('clicks') }}, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '3' SECOND)
)
GROUP BY k, window_start, window_end
