-- The verdict on each client that ever was suspected, with its versions.
SELECT client, changed_at, verdict, since, last_seen, country_code, reason
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY client ORDER BY changed_at DESC) AS newest
  FROM {{ ref('verdict_changes') }}
)
WHERE newest = 1
