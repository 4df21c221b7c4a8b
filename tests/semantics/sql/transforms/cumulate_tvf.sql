SELECT k, window_start, window_end, COUNT(*) AS n, SUM(v) AS total
FROM TABLE(
  CUMULATE(TABLE {{ ref('clicks') }}, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND)
)
GROUP BY k, window_start, window_end
