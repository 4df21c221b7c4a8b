SELECT k
FROM {{ ref('orders') }}
UNION ALL
SELECT k
FROM {{ ref('customers') }}
