-- Abnormal records numbered by episode: the count of starts so far.
SELECT
  vehicle_id,
  fault,
  event_time,
  score,
  SUM(is_start) OVER (PARTITION BY vehicle_id, fault ORDER BY event_time) AS episode
FROM {{ ref('abnormal_records') }}
