SELECT c.user_id, c.amount, p.city FROM {{ ref('clicks') }} AS c LEFT JOIN {{ ref('profiles') }} AS p ON c.user_id = p.id
