-- The state of each car, ten seconds by ten seconds.
{{ config(indexes=[['window_end']]) }}
CREATE TABLE vehicle_health (
  vehicle_id     STRING,
  window_start   TIMESTAMP(3),
  window_end     TIMESTAMP(3),
  records        BIGINT,
  abnormal       BIGINT,
  mean_score     DOUBLE,
  worst_score    DOUBLE,
  mean_speed     DOUBLE,
  hottest_c      DOUBLE,
  lowest_voltage DOUBLE,
  PRIMARY KEY (vehicle_id, window_start, window_end) NOT ENFORCED
) WITH (
  {{ postgres_table(var('vehicles_schema'), 'vehicle_health') }}
);

INSERT INTO vehicle_health
SELECT
  vehicle_id,
  window_start,
  window_end,
  COUNT(*) AS records,
  COUNT(*) FILTER (WHERE score >= {{ var('fault_threshold') }}) AS abnormal,
  AVG(score) AS mean_score,
  MAX(score) AS worst_score,
  AVG(vehicle_speed_km_h) AS mean_speed,
  MAX(coolant_temp_c) AS hottest_c,
  MIN(module_voltage_v) AS lowest_voltage
FROM TABLE(TUMBLE(TABLE {{ ref('telemetry_scored') }}, DESCRIPTOR(event_time), INTERVAL '10' SECOND))
GROUP BY vehicle_id, window_start, window_end
