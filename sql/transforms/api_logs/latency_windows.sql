-- Durations in windows of ten seconds, as a histogram by endpoint: histograms of the same buckets add up, to longer times and to all endpoints.
SELECT window_time, endpoint, latency_bucket AS bucket, COUNT(*) AS requests
FROM TABLE(TUMBLE(TABLE {{ ref('requests') }}, DESCRIPTOR(event_time), INTERVAL '10' SECOND))
WHERE NOT is_late
GROUP BY window_start, window_end, window_time, endpoint, latency_bucket
