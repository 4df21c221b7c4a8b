SELECT MIN(v) AS low, MAX(v) AS high
FROM {{ ref('latest') }}
