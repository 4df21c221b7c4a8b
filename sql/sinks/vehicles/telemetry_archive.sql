-- Every sound record, late ones too, by the day of its reading: what the model is trained on again.
CREATE TABLE telemetry_archive (
  record_id  STRING,
  vehicle_id STRING,
  event_time TIMESTAMP(3),
  sent_time  TIMESTAMP(3),
  {% for pid in var('pids') -%}
  {{ pid.field }} DOUBLE,
  {% endfor -%}
  dtc        STRING,
  `day`      STRING
) PARTITIONED BY (`day`) WITH (
  {{ archive_files(var('vehicles_archive')) }}
);

INSERT INTO telemetry_archive
SELECT
  record_id,
  vehicle_id,
  event_time,
  sent_time,
  {{ pid_fields() }},
  dtc,
  DATE_FORMAT(event_time, 'yyyy-MM-dd') AS `day`
FROM {{ ref('telemetry_sound') }}
