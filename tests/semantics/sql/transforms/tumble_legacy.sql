SELECT k, TUMBLE_START(ts, INTERVAL '10' SECOND) AS starts, COUNT(*) AS n, SUM(v) AS total
FROM {{ ref('clicks') }}
GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND)
