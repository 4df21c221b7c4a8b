-- One row for each fault of a car, from its second abnormal record on, brought up to date while the fault lasts. A single
-- abnormal record is no alert. An alert whose last_seen lies behind is over.
{{ config(indexes=[['last_seen'], ['first_seen'], ['vehicle_id']]) }}
CREATE TABLE alerts (
  vehicle_id  STRING,
  fault       STRING,
  episode     INT,
  first_seen  TIMESTAMP(3),
  last_seen   TIMESTAMP(3),
  records     BIGINT,
  worst_score DOUBLE,
  PRIMARY KEY (vehicle_id, fault, episode) NOT ENFORCED
) WITH (
  {{ postgres_table(var('vehicles_schema'), 'alerts') }}
);

INSERT INTO alerts
SELECT
  vehicle_id,
  fault,
  episode,
  MIN(event_time) AS first_seen,
  MAX(event_time) AS last_seen,
  COUNT(*) AS records,
  MAX(score) AS worst_score
FROM {{ ref('fault_episodes') }}
GROUP BY vehicle_id, fault, episode
HAVING COUNT(*) >= 2
