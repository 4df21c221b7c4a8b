SELECT o.id, o.amount * r.rate AS converted
FROM {{ ref('orders') }} AS o
LEFT JOIN {{ ref('versions') }} FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k
