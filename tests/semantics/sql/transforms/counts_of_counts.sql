SELECT n, COUNT(*) AS keys_
FROM {{ ref('per_key') }}
GROUP BY n
