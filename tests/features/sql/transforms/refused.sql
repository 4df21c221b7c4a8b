SELECT user_id, no_such_column FROM {{ ref('clicks') }}
