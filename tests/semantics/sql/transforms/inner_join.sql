SELECT o.id, c.name
FROM {{ ref('orders') }} AS o
JOIN {{ ref('customers') }} AS c ON o.k = c.k
