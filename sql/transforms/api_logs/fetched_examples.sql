-- Example photos, each once for each client.
SELECT client, path, event_time, country_code, city, latitude, longitude
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY client, path ORDER BY seen_at ASC) AS arrival
  FROM {{ ref('requests') }}
  WHERE endpoint = '/v1/examples/{n}' AND status < 400
)
WHERE arrival = 1
