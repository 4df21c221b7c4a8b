SELECT k, v
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n
  FROM {{ ref('clicks') }}
)
WHERE n = 1
