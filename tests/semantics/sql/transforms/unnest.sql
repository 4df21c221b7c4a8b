SELECT b.id, i.item
FROM {{ ref('baskets') }} AS b
CROSS JOIN UNNEST(b.items) AS i (item)
