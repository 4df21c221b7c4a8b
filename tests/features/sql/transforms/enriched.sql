SELECT c.user_id, c.amount, u.name, u.tier
FROM {{ ref('clicks') }} AS c LEFT JOIN {{ ref('users') }} FOR SYSTEM_TIME AS OF c.seen AS u ON c.user_id = u.id AND u.tier <> 'closed'
