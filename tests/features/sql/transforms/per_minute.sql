WITH big AS (SELECT * FROM {{ ref('clicks') }} WHERE amount > {{ var('limit') }}), counted AS (
  SELECT user_id, window_start, COUNT(*) AS n  -- not (yet) summed
  FROM TABLE(TUMBLE(TABLE {{ ref('clicks') }}, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
  GROUP BY user_id, window_start, window_end
)
SELECT user_id, window_start, n FROM counted
