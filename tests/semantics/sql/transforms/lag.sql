SELECT k, ts, v - LAG(v) OVER (PARTITION BY k ORDER BY ts) AS step
FROM {{ ref('clicks') }}
