SELECT k, v, n
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n
  FROM {{ ref('clicks') }}
)
WHERE n <= 2
