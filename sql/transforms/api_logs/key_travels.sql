-- Keys that were in one country, and in another one before anybody could have gone there; each pair of countries once for each key.
SELECT
  api_key_id,
  window_time,
  country_code,
  city,
  latitude,
  longitude,
  from_country_code,
  from_city,
  from_time,
  km,
  requests
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY api_key_id, LEAST(country_code, from_country_code), GREATEST(country_code, from_country_code)
      ORDER BY seen_at ASC
    ) AS arrival
  FROM (
    SELECT *, {{ kilometres('from_latitude', 'from_longitude', 'latitude', 'longitude') }} AS km, PROCTIME() AS seen_at
    FROM {{ ref('key_steps') }}
    WHERE country_code <> from_country_code
  )
  WHERE km > {{ var('travel_km_h') }}
    * (TIMESTAMPDIFF(SECOND, from_time, CAST(window_time AS TIMESTAMP(3))) + 2)
    / 3600.0
    AND km > {{ var('travel_km') }}
)
WHERE arrival = 1
