SELECT city, COUNT(*) AS n FROM {{ ref('profiles') }} GROUP BY city
