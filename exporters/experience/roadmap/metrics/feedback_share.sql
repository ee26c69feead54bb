SELECT ts, team, "window", count(*) FILTER (is_feedback) / count(*) AS value
FROM levelled
GROUP BY ts, team, "window"
HAVING count(*) >= coalesce((SELECT max(value) FROM settings WHERE name = 'minimum_samples'), 5)
