SELECT b.id, i.item
FROM {{ ref('baskets') }} AS b
LEFT JOIN UNNEST(b.items) AS i (item) ON TRUE
