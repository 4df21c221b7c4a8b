SELECT id
FROM {{ ref('orders') }} AS o
WHERE NOT EXISTS (SELECT 1 FROM {{ ref('customers') }} AS c WHERE c.k = o.k)
