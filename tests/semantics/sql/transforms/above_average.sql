SELECT id
FROM {{ ref('orders') }}
WHERE amount > (SELECT AVG(amount) FROM {{ ref('orders') }})
