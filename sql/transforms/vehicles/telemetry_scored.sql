-- Each record with its score: udfs/scoring.py runs the model over whole batches, in the job's own Python worker.
SELECT
  record_id,
  vehicle_id,
  event_time,
  sent_time,
  COALESCE(is_late, FALSE) AS is_late,
  {{ pid_fields() }},
  health.score AS score,
  health.fault AS fault,
  health.model_version AS model_version
FROM (
  SELECT *, score_engine({{ pid_fields(4) }}) AS health
  FROM {{ ref('telemetry_sound') }}
)
