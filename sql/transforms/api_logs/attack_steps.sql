-- Signs of attacks, and which of them begin one: no sign of the kind and subject came shortly before.
SELECT
  *,
  {{ is_start(var('attack_gap_seconds')) }} AS is_start
FROM {{ ref('attack_signs') }}
WHERE severity = 2
WINDOW w AS (PARTITION BY kind, subject ORDER BY sign_time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
