-- Minutes are reduced to the instants asked for, then summed up to each, bucket by bucket.
WITH seen AS (
  SELECT t.effective_at, i.ts
  FROM (SELECT DISTINCT effective_at FROM opa_times_known) AS t
  ASOF JOIN instants AS i ON t.effective_at <= i.ts
),
steps AS (
  SELECT ts, {'team': team, 'service': service, 'environment': environment} AS labels, bucket,
    sum(decisions)::BIGINT AS n, sum(nanoseconds) / 1e9 AS total
  FROM opa_times_known JOIN seen USING (effective_at)
  GROUP BY ALL
),
all_buckets AS (
  SELECT
    i.ts, s.labels, b.bucket,
    coalesce(sum(n) OVER up_to, 0)::BIGINT AS n, coalesce(sum(total) OVER up_to, 0)::DOUBLE AS total
  FROM instants AS i
  CROSS JOIN (SELECT DISTINCT labels FROM steps) AS s
  CROSS JOIN (SELECT unnest(range(1, {size} + 1)) AS bucket) AS b
  LEFT JOIN steps ON steps.ts = i.ts AND steps.labels = s.labels AND steps.bucket = b.bucket
  WINDOW up_to AS (PARTITION BY s.labels, b.bucket ORDER BY i.ts)
),
cumulative AS (
  SELECT ts, labels, bucket, total, sum(n) OVER (PARTITION BY ts, labels ORDER BY bucket)::BIGINT AS n FROM all_buckets
)
SELECT ts, unnest(labels), buckets, "sum", "count"
FROM (
  SELECT ts, labels, list(n ORDER BY bucket) AS buckets, sum(total) AS "sum", max(n) AS "count"
  FROM cumulative
  GROUP BY ts, labels
  HAVING max(n) > 0
)
