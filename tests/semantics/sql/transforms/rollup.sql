SELECT k, v, COUNT(*) AS n
FROM {{ ref('clicks') }}
GROUP BY ROLLUP (k, v)
