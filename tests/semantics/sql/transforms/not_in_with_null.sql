SELECT id
FROM {{ ref('orders') }}
WHERE k NOT IN (SELECT k FROM {{ ref('customers') }})
