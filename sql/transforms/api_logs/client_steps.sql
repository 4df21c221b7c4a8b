-- Signs against single clients, and which of them begin anew: none came within the time after which a client is taken for normal again.
SELECT
  *,
  CASE
    WHEN COUNT(*) OVER w = 2
      AND CAST(sign_time AS TIMESTAMP(3)) <= MIN(CAST(sign_time AS TIMESTAMP(3))) OVER w
        + INTERVAL '{{ var("verdict_seconds") }}' SECOND THEN FALSE
    ELSE TRUE
  END AS is_start
FROM {{ ref('attack_signs') }}
WHERE subject_type = 'client'
WINDOW w AS (PARTITION BY subject ORDER BY sign_time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
