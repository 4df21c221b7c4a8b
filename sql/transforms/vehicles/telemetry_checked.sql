-- What is wrong with a message; NULL where it is sound. The first reason found is told.
SELECT
  *,
  CASE
    WHEN record_id IS NULL AND payload IS NOT JSON OBJECT THEN 'not a JSON object'
    WHEN record_id IS NULL THEN 'record_id is missing'
    WHEN vehicle_id IS NULL THEN 'vehicle_id is missing'
    WHEN told_time IS NULL THEN 'event_time is missing or no timestamp'
    WHEN sent_time IS NULL THEN 'sent_time is missing or no timestamp'
    {%- for pid in var('pids') %}
    WHEN {{ pid.field }} IS NULL THEN '{{ pid.field }} is missing or no number'
    WHEN {{ pid.field }} NOT BETWEEN {{ pid.low }} AND {{ pid.high }} THEN '{{ pid.field }} is not from {{ pid.low }} to {{ pid.high }}'
    {%- endfor %}
  END AS reason
FROM {{ ref('telemetry_fields') }}
