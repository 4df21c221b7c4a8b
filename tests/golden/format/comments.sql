select
  a, -- first
  -- own line
  b -- second
  , c /* third */ , d
from t -- tail
-- before where
where x = 1 -- w
  -- and commented = 2
  and y = 2
order by a -- end
-- the end
-- formatted:
SELECT
  a, -- first
  -- own line
  b, -- second
  c /* third */,
  d
FROM t -- tail
-- before where
WHERE x = 1 -- w
  -- and commented = 2
  AND y = 2
ORDER BY a -- end
-- the end
