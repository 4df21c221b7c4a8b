SELECT user_id, 100 / CAST(amount AS INT) AS ratio FROM {{ ref('clicks') }}
