select * from {{ ref('ticker') }} match_recognize (partition by symbol order by rowtime measures start_row.rowtime as start_tstamp, last(price_down.rowtime) as bottom_tstamp one row per match after match skip to last price_up pattern (start_row price_down{2,}? price_up+) within interval '1' hour define price_down as (last(price_down.price, 1) is null and price_down.price < start_row.price) or price_down.price < last(price_down.price, 1), price_up as price_up.price > last(price_down.price, 1)) mr
-- formatted:
SELECT *
FROM {{ ref('ticker') }}
MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY rowtime
  MEASURES
    start_row.rowtime AS start_tstamp,
    last(price_down.rowtime) AS bottom_tstamp
  ONE ROW PER MATCH
  AFTER MATCH SKIP TO LAST price_up
  PATTERN (start_row price_down{2,}? price_up+)
  WITHIN INTERVAL '1' HOUR
  DEFINE
    price_down AS (last(price_down.price, 1) IS NULL AND price_down.price < start_row.price)
      OR price_down.price < last(price_down.price, 1),
    price_up AS price_up.price > last(price_down.price, 1)
) mr
