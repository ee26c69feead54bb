-- Weekdays between two successes of the last 90 days, in whole seconds. How few there are is the answer, so no minimum.
SELECT i.ts, l.labels.team AS team, 'deployment_frequency' AS metric, round(90 * 5 * 86400 / 7.0 / count(*))::DOUBLE AS value
FROM levelled AS l
JOIN instants AS i
  ON i.ts >= greatest(l.from_at, l.happened_at) AND i.ts < least(l.until_at, l.happened_at + INTERVAL 90 DAY)
GROUP BY ALL
