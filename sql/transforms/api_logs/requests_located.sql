-- Requests with the place of their client, which is not looked up yet.
SELECT
  *,
  CAST(
    NULL AS ROW<
      country_code STRING,
      country STRING,
      region STRING,
      city STRING,
      latitude DOUBLE,
      longitude DOUBLE,
      timezone STRING
    >
  ) AS place
FROM {{ ref('requests_sound') }}
