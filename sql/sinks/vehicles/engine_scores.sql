-- One row a record: what the dashboard's newest values and the demo's latency are read from.
{{ config(indexes=[['vehicle_id', 'event_time'], ['sent_time']]) }}
CREATE TABLE engine_scores (
  record_id     STRING,
  vehicle_id    STRING,
  event_time    TIMESTAMP(3),
  sent_time     TIMESTAMP(3),
  is_late       BOOLEAN,
  score         DOUBLE,
  fault         STRING,
  model_version STRING,
  PRIMARY KEY (record_id) NOT ENFORCED
) WITH (
  {{ postgres_table(var('vehicles_schema'), 'engine_scores', flush_ms=100) }}
);

INSERT INTO engine_scores
SELECT record_id, vehicle_id, event_time, sent_time, is_late, score, fault, model_version
FROM {{ ref('telemetry_scored') }}
