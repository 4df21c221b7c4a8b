SELECT o.id, o.price * r.rate AS eur FROM {{ ref('orders') }} AS o
LEFT JOIN {{ ref('rates') }} FOR SYSTEM_TIME AS OF o.ts AS r ON o.currency = r.currency
