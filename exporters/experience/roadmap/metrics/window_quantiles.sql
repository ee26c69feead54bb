SELECT ts, team, "window", unnest(['p50', 'p85']) AS percentile, unnest(quantile_cont(seconds, [0.5, 0.85])) AS value
FROM levelled
GROUP BY ts, team, "window"
HAVING count(*) >= coalesce((SELECT max(value) FROM settings WHERE name = 'minimum_samples'), 5)
