-- Signs against single clients with the time since when they are suspected.
SELECT *, MAX(CASE WHEN is_start THEN first_seen END) OVER (PARTITION BY subject ORDER BY sign_time) AS since
FROM {{ ref('client_steps') }}
