SELECT k
FROM {{ ref('orders') }}
EXCEPT
SELECT k
FROM {{ ref('customers') }}
