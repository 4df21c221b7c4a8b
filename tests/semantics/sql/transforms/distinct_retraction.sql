SELECT COUNT(DISTINCT v) AS kinds
FROM {{ ref('latest') }}
