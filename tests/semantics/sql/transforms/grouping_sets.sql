SELECT k, v, COUNT(*) AS n
FROM {{ ref('clicks') }}
GROUP BY GROUPING SETS ((k), (v), ())
