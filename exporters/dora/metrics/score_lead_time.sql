-- The median of the last 90 days, of what reached all regions, by the authored clock; absent below the minimum of samples.
SELECT i.ts, l.labels.team AS team, 'change_lead_time' AS metric, quantile_cont(l.seconds, 0.5)::DOUBLE AS value
FROM levelled AS l
JOIN instants AS i
  ON i.ts >= greatest(l.from_at, l.happened_at) AND i.ts < least(l.until_at, l.happened_at + INTERVAL 90 DAY)
WHERE l.labels.clock = 'authored' AND l.labels.reach = 'all'
GROUP BY ALL
HAVING count(*) >= coalesce((SELECT max(value) FROM dora_settings WHERE name = 'minimum_samples'), 5)
