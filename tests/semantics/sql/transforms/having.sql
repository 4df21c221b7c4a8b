SELECT k, COUNT(*) AS n
FROM {{ ref('clicks') }}
GROUP BY k
HAVING COUNT(*) = 1
