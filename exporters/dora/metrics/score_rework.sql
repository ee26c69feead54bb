-- The share of the last 90 days; absent below the minimum of samples.
SELECT i.ts, l.labels.team AS team, 'deployment_rework_rate' AS metric, sum(l.part)::DOUBLE / sum(l.whole) AS value
FROM levelled AS l
JOIN instants AS i
  ON i.ts >= greatest(l.from_at, l.happened_at) AND i.ts < least(l.until_at, l.happened_at + INTERVAL 90 DAY)
GROUP BY ALL
HAVING sum(l.whole) >= coalesce((SELECT max(value) FROM dora_settings WHERE name = 'minimum_samples'), 5)
