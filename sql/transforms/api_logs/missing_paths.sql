-- Paths that are not there, each once for each client: a page with a broken link asks for the same one again and again, a scanner for others.
SELECT client, path, event_time, country_code, city, latitude, longitude
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY client, path ORDER BY seen_at ASC) AS arrival
  FROM {{ ref('requests') }}
  WHERE status = 404
)
WHERE arrival = 1
