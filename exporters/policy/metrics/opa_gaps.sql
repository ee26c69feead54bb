SELECT i.ts, team, service, environment, greatest(0, 1 - sum(received) / sum(requests)) AS value
FROM instants AS i
JOIN opa_numbers_known AS n ON n.effective_at <= i.ts AND n.effective_at > i.ts - INTERVAL 1 HOUR
GROUP BY ALL HAVING sum(requests) > 0
