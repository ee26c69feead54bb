-- The first instant that sees each time: few times stand for many facts, and to look each fact up costs most of all.
seen AS (
  SELECT t.effective_at, i.ts
  FROM (SELECT DISTINCT effective_at FROM bucketed) AS t
  ASOF JOIN instants AS i ON t.effective_at <= i.ts
)
