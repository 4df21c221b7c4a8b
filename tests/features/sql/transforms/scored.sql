SELECT user_id, risk(CAST(amount AS DOUBLE), ip) AS risk FROM {{ ref('clicks') }}
