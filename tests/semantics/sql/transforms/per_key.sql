SELECT k, COUNT(*) AS n, SUM(v) AS total
FROM {{ ref('clicks') }}
GROUP BY k
