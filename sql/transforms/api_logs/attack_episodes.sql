-- Signs of attacks with the number of their episode: the second in which it began, so that no later one is taken for it when this one is forgotten.
SELECT
  *,
  MAX(CASE WHEN is_start THEN {{ whole_seconds('CAST(sign_time AS TIMESTAMP(3))') }} END) OVER (
    PARTITION BY kind, subject
    ORDER BY sign_time
  ) AS episode
FROM {{ ref('attack_steps') }}
