SELECT k, COUNT(*) FILTER (WHERE v > 1) AS many, SUM(CASE WHEN v = 1 THEN 10 ELSE 0 END) AS tens
FROM {{ ref('clicks') }}
GROUP BY k
