SELECT k, rate, ts
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n
  FROM {{ ref('rates') }}
)
WHERE n = 1
