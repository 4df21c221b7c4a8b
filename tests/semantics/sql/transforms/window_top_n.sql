SELECT k, total, window_start
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY total DESC) AS n
  FROM (
    SELECT k, window_start, window_end, SUM(v) AS total
    FROM TABLE(TUMBLE(TABLE {{ ref('clicks') }}, DESCRIPTOR(ts), INTERVAL '10' SECOND))
    GROUP BY k, window_start, window_end
  )
)
WHERE n <= 1
