-- Requests with a key that the API knows, of clients whose place is known.
SELECT event_time, api_key_id, country_code, city, latitude, longitude
FROM {{ ref('requests') }}
WHERE api_key_id <> '' AND status <> 401 AND latitude IS NOT NULL
