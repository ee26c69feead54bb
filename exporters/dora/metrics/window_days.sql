-- UTC days that have a fact of `levelled` (labels, happened_at, from_at, until_at) in each window of each instant.
SELECT ts, unnest(labels), "window", value
FROM (
  SELECT ts, labels, unnest(['7d', '30d', '90d']) AS "window", unnest([n7, n30, n90]) AS value
  FROM (
    SELECT
      i.ts, l.labels,
      count(DISTINCT l.happened_at::DATE) FILTER (l.happened_at > i.ts - INTERVAL 7 DAY) AS n7,
      count(DISTINCT l.happened_at::DATE) FILTER (l.happened_at > i.ts - INTERVAL 30 DAY) AS n30,
      count(DISTINCT l.happened_at::DATE) AS n90
    FROM levelled AS l
    JOIN instants AS i
      ON i.ts >= greatest(l.from_at, l.happened_at) AND i.ts < least(l.until_at, l.happened_at + INTERVAL 90 DAY)
    GROUP BY i.ts, l.labels
  )
)
