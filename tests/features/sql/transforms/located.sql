SELECT user_id, geo_lookup(ip).country AS country, w,
  risk(CAST(amount AS DOUBLE), UPPER(geo_lookup(ip).country)) AS risk
FROM {{ ref('clicks') }} CROSS JOIN LATERAL TABLE(words(ip)) AS t(w)
