select window_start, window_end, k, sum(v) as total from table(tumble(table {{ ref('clicks') }}, descriptor(ts), interval '10' minutes)) group by window_start, window_end, k
union all
select * from (select *, row_number() over (partition by window_start, window_end order by price desc) as rownum from table(cumulate(data => table bids, timecol => descriptor(bidtime), step => interval '2' minutes, size => interval '10' minutes))) where rownum <= 3
window w as (partition by k order by ts), v as (order by ts rows between 3 preceding and current row)
-- formatted:
SELECT window_start, window_end, k, SUM(v) AS total
FROM TABLE(tumble(TABLE {{ ref('clicks') }}, descriptor(ts), INTERVAL '10' MINUTES))
GROUP BY window_start, window_end, k
UNION ALL
SELECT *
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY price DESC) AS rownum
  FROM TABLE(
    cumulate(
      data => TABLE bids,
      timecol => descriptor(bidtime),
      step => INTERVAL '2' MINUTES,
      size => INTERVAL '10' MINUTES
    )
  )
)
WHERE rownum <= 3
WINDOW
  w AS (PARTITION BY k ORDER BY ts),
  v AS (ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)
