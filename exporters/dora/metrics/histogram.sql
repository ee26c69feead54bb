-- The histogram of `steps` (labels, bucket, ts, n, total; `bucket` from 1) up to each instant.
all_buckets AS (
  SELECT
    i.ts, s.labels, b.bucket,
    coalesce(sum(n) OVER up_to, 0)::BIGINT AS n, coalesce(sum(total) OVER up_to, 0)::BIGINT AS total
  FROM instants AS i
  CROSS JOIN (SELECT DISTINCT labels FROM steps) AS s
  CROSS JOIN (SELECT unnest(range(1, size + 1)) AS bucket FROM bucket_count) AS b
  LEFT JOIN steps ON steps.ts = i.ts AND steps.labels = s.labels AND steps.bucket = b.bucket
  WINDOW up_to AS (PARTITION BY s.labels, b.bucket ORDER BY i.ts)
),
cumulative AS (
  SELECT ts, labels, bucket, total, sum(n) OVER (PARTITION BY ts, labels ORDER BY bucket)::BIGINT AS n FROM all_buckets
)
