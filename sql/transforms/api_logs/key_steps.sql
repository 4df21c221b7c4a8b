-- Uses of a key beside the use before it.
SELECT
  window_time,
  api_key_id,
  country_code,
  city,
  latitude,
  longitude,
  requests,
  LAG(country_code) OVER w AS from_country_code,
  LAG(city) OVER w AS from_city,
  LAG(latitude) OVER w AS from_latitude,
  LAG(longitude) OVER w AS from_longitude,
  LAG(CAST(window_time AS TIMESTAMP(3))) OVER w AS from_time
FROM {{ ref('key_windows') }}
WINDOW w AS (PARTITION BY api_key_id ORDER BY window_time)
