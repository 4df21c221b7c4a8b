SELECT k, COUNT(*) AS n, COUNT(v) AS known, COUNT(DISTINCT v) AS kinds, SUM(DISTINCT v) AS total
FROM {{ ref('clicks') }}
GROUP BY k
