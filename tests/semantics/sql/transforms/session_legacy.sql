SELECT
  k,
  SESSION_START(ts, INTERVAL '5' SECOND) AS starts,
  SESSION_END(ts, INTERVAL '5' SECOND) AS ends,
  SUM(v) AS total
FROM {{ ref('clicks') }}
GROUP BY k, SESSION(ts, INTERVAL '5' SECOND)
