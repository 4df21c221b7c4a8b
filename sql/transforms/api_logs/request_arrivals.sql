-- Requests with whether they come too late for their window of ten seconds. Flink drops a row whose window has closed, that is
-- window_end - 1 ms <= watermark. Windows remember the watermark over a restart and CURRENT_WATERMARK does not, so the highest one is kept here as
-- state, and beside it how far the row's own partition has come: that is what the next watermark will be made of (docs/decisions/0015).
-- In whole windows since the start of 2000: the window of event_time lies before that of the watermark + 1 ms.
SELECT
  *,
  COALESCE(
    {{ whole_seconds('event_time') }} / 10 < GREATEST(
      {{ whole_seconds("(newest - INTERVAL '" ~ var('api_logs_delay_seconds') ~ "' SECOND + INTERVAL '0.001' SECOND)") }},
      COALESCE({{ whole_seconds("(`watermark` + INTERVAL '0.001' SECOND)") }}, 0)
    )
      / 10,
    FALSE
  ) AS is_late
FROM (
  SELECT
    *,
    MAX(CAST(event_time AS TIMESTAMP(3))) OVER w AS newest,
    MAX(CURRENT_WATERMARK(event_time)) OVER w AS `watermark`
  FROM {{ ref('requests_located') }}
  WINDOW w AS (PARTITION BY kafka_partition ORDER BY seen_at)
)
