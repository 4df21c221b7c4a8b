-- Keys that were refused, each once for each client: who mistypes a key does so with one, who tries stolen ones has many.
SELECT client, api_key_id, event_time, country_code, city, latitude, longitude
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY client, api_key_id ORDER BY seen_at ASC) AS arrival
  FROM {{ ref('requests') }}
  WHERE status = 401 AND api_key_id <> ''
)
WHERE arrival = 1
