SELECT k
FROM {{ ref('orders') }}
INTERSECT ALL
SELECT k
FROM {{ ref('customers') }}
