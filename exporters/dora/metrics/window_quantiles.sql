-- Quantiles of `levelled` (labels, happened_at, from_at, until_at, seconds) in each window of each instant, from all of
-- its values. Below the minimum of samples a quantile is chance, and absent.
SELECT ts, unnest(labels), "window", percentile, value
FROM (
  SELECT
    ts, labels, "window", unnest(['p50', 'p75', 'p90']) AS percentile, unnest(quantiles) AS value
  FROM (
    SELECT
      ts, labels, unnest(['7d', '30d', '90d']) AS "window", unnest([n7, n30, n90]) AS n, unnest([q7, q30, q90]) AS quantiles
    FROM (
      SELECT
        i.ts, l.labels,
        count(*) FILTER (l.happened_at > i.ts - INTERVAL 7 DAY) AS n7,
        count(*) FILTER (l.happened_at > i.ts - INTERVAL 30 DAY) AS n30,
        count(*) AS n90,
        quantile_cont(l.seconds, [0.5, 0.75, 0.9]) FILTER (l.happened_at > i.ts - INTERVAL 7 DAY) AS q7,
        quantile_cont(l.seconds, [0.5, 0.75, 0.9]) FILTER (l.happened_at > i.ts - INTERVAL 30 DAY) AS q30,
        quantile_cont(l.seconds, [0.5, 0.75, 0.9]) AS q90
      FROM levelled AS l
      JOIN instants AS i
        ON i.ts >= greatest(l.from_at, l.happened_at) AND i.ts < least(l.until_at, l.happened_at + INTERVAL 90 DAY)
      GROUP BY i.ts, l.labels
    )
  )
  WHERE n >= coalesce((SELECT max(value) FROM dora_settings WHERE name = 'minimum_samples'), 5)
)
