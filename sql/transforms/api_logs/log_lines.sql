-- Lines taken out of their envelopes. Two ways lead on, one for messages without a line: Flink merges a view into its reader where there is
-- one alone, and would then parse the envelope again for each use of the line (docs/decisions/0015).
SELECT payload, kafka_partition, kafka_offset, received_at, seen_at, event_time, {{ enveloped_line() }} AS line
FROM {{ source('access_log') }}
