SELECT id
FROM {{ ref('orders') }}
WHERE k IN (SELECT k FROM {{ ref('customers') }})
