SELECT user_id, SUM(amount) AS amount FROM {{ ref('clicks') }} GROUP BY user_id
