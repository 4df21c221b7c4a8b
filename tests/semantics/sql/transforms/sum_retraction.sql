SELECT COUNT(*) AS n, SUM(v) AS total, AVG(v) AS mean
FROM {{ ref('latest') }}
