SELECT o.id, p.n
FROM {{ ref('orders') }} AS o
LEFT JOIN {{ ref('per_key') }} AS p ON o.k = p.k
