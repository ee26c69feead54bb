SELECT ts, team, quarter, count(*) FILTER (outcome = 'kept') / count(*) AS value
FROM levelled
GROUP BY ts, team, quarter
HAVING count(*) >= coalesce((SELECT max(value) FROM settings WHERE name = 'minimum_samples'), 5)
