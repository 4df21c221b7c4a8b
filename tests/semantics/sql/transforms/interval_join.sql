SELECT o.id, s.ts AS shipped
FROM {{ ref('orders') }} AS o
JOIN {{ ref('shipments') }} AS s
  ON o.id = s.order_id AND s.ts BETWEEN o.ts AND o.ts + INTERVAL '10' SECOND
