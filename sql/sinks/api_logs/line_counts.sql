-- Requests by the second in which they ended, counted as they come and before any window: what has arrived. Those of them that came too late
-- for their window of ten seconds: SUM(traffic_10s.requests) + SUM(late) = SUM(lines). A second is remembered for two days, so that a
-- collector that was away for a night adds to its old seconds instead of beginning them anew.
{{ config(indexes=[['second']]) }}
CREATE TABLE line_counts (
  `second` TIMESTAMP(3),
  lines    BIGINT,
  late     BIGINT,
  PRIMARY KEY (`second`) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'line_counts') }}
);

INSERT INTO line_counts
SELECT /*+ STATE_TTL('requests' = '2d') */
  FLOOR(event_time TO SECOND) AS `second`,
  COUNT(*) AS lines,
  COUNT(*) FILTER (WHERE is_late) AS late
FROM {{ ref('requests') }} AS requests
GROUP BY FLOOR(event_time TO SECOND)
