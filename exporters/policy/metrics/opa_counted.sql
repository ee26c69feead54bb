-- Minutes are reduced to the instants asked for, then summed up; few times stand for many rows.
WITH seen AS (
  SELECT t.effective_at, i.ts
  FROM (SELECT DISTINCT effective_at FROM {table}_known) AS t
  ASOF JOIN instants AS i ON t.effective_at <= i.ts
),
steps AS (
  SELECT seen.ts, {labels}, sum({value}) AS n
  FROM {table}_known JOIN seen USING (effective_at)
  GROUP BY ALL
)
SELECT i.ts, {labels}, sum(n) OVER (PARTITION BY {labels} ORDER BY i.ts) AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT {labels} FROM steps)
LEFT JOIN steps USING (ts, {labels})
