SELECT user_id, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE {{ ref('clicks') }}, DESCRIPTOR(seen), INTERVAL '1' MINUTE)) GROUP BY user_id, window_start, window_end
