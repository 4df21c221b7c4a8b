SELECT id, UPPER(name) AS name, loaded_at FROM {{ ref('my_model_a') }}
