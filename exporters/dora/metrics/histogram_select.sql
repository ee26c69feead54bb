SELECT ts, unnest(labels), buckets, "sum", "count"
FROM (
  SELECT ts, labels, list(n ORDER BY bucket) AS buckets, sum(total) AS "sum", max(n) AS "count"
  FROM cumulative
  GROUP BY ts, labels
  HAVING max(n) > 0
)
