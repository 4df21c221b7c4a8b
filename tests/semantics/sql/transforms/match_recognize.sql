SELECT *
FROM {{ ref('clicks') }}
MATCH_RECOGNIZE (
  PARTITION BY k
  ORDER BY ts
  MEASURES
    S.ts AS starts,
    LAST(D.ts) AS bottom,
    LAST(U.ts) AS ends
  ONE ROW PER MATCH
  AFTER MATCH SKIP TO LAST U
  PATTERN (S D+ U)
  DEFINE
    D AS (LAST(D.v, 1) IS NULL AND D.v < S.v) OR D.v < LAST(D.v, 1),
    U AS U.v > LAST(D.v, 1)
)
