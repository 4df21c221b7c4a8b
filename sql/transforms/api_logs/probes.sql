-- Requests that try whether something in them is run as code, by what they try.
SELECT client, event_time, probe, path, query, country_code, city, latitude, longitude
FROM (SELECT *, {{ probe() }} AS probe FROM {{ ref('requests') }})
WHERE probe IS NOT NULL
