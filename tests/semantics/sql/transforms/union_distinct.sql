SELECT k
FROM {{ ref('orders') }}
UNION
SELECT k
FROM {{ ref('customers') }}
