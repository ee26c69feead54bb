-- Counts are reduced to the instants asked for, then summed up; few times stand for many rows.
WITH counts AS (
  SELECT {label} AS label, other_label, n, effective_at FROM usage_counts_known WHERE family = '{family}'
),
seen AS (
  SELECT t.effective_at, i.ts
  FROM (SELECT DISTINCT effective_at FROM counts) AS t
  ASOF JOIN instants AS i ON t.effective_at <= i.ts
),
steps AS (
  SELECT seen.ts, label, other_label, sum(n) AS n
  FROM counts JOIN seen USING (effective_at)
  GROUP BY ALL
)
SELECT i.ts, {labels}, sum(n) OVER (PARTITION BY label, other_label ORDER BY i.ts) AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT label, other_label FROM steps)
LEFT JOIN steps USING (ts, label, other_label)
