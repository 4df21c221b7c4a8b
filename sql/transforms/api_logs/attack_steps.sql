-- Signs of attacks, and which of them begin one: no sign of the kind and subject came shortly before.
SELECT
  *,
  CASE
    WHEN COUNT(*) OVER w = 2
      AND CAST(sign_time AS TIMESTAMP(3)) <= MIN(CAST(sign_time AS TIMESTAMP(3))) OVER w
        + INTERVAL '{{ var("attack_gap_seconds") }}' SECOND THEN FALSE
    ELSE TRUE
  END AS is_start
FROM {{ ref('attack_signs') }}
WHERE severity = 2
WINDOW w AS (PARTITION BY kind, subject ORDER BY sign_time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
