-- Signs against single clients, and which of them begin anew: none came within the time after which a client is taken for normal again.
SELECT
  *,
  {{ is_start(var('verdict_seconds')) }} AS is_start
FROM {{ ref('attack_signs') }}
WHERE subject_type = 'client'
WINDOW w AS (PARTITION BY subject ORDER BY sign_time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
