-- The same with the key's customer: PostgreSQL is asked once a key and window at most, not once a line.
SELECT
  k.window_time,
  COALESCE(c.customer, '(unknown)') AS customer,
  COALESCE(c.plan, '') AS plan,
  k.requests,
  k.errors,
  k.refused,
  k.moved
FROM {{ ref('key_usage') }} AS k
LEFT JOIN {{ ref('customers') }} FOR SYSTEM_TIME AS OF k.asked_at AS c ON c.api_key_id = k.api_key_id
