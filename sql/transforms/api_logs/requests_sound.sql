-- Sound lines, each request once: a line may be written twice, and the collector may send its last batch again. The first one that
-- arrives counts; its id is remembered for table.exec.state.ttl.
SELECT
  request_id,
  event_time,
  seen_at,
  received_at,
  kafka_partition,
  server,
  client,
  `method`,
  path,
  COALESCE(query, '') AS query,
  status,
  bytes_in,
  bytes_out,
  duration_s,
  upstream,
  upstream_s,
  COALESCE(api_key_id, '') AS api_key_id,
  COALESCE(user_agent, '') AS user_agent
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY request_id ORDER BY seen_at ASC) AS arrival
  FROM {{ ref('log_fields') }}
  WHERE reason IS NULL
)
WHERE arrival = 1
