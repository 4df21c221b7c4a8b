-- Abnormal records with the time since the previous one of the same car and fault; a long pause begins a new episode.
-- The frame counts rows, not moments: of two records of one moment the second one has the first before it, and begins nothing.
SELECT
  vehicle_id,
  fault,
  event_time,
  score,
  CASE
    WHEN COUNT(*) OVER w = 2
      AND event_time <= MIN(event_time) OVER w + INTERVAL '{{ var("episode_gap_seconds") }}' SECOND THEN 0
    ELSE 1
  END AS is_start
FROM {{ ref('telemetry_scored') }}
WHERE score >= {{ var('fault_threshold') }}
WINDOW w AS (PARTITION BY vehicle_id, fault ORDER BY event_time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
