-- What came late of an earlier hour can be more than this hour asks for.
SELECT i.ts, team, service, environment, least(1, sum(received) / sum(requests)) AS value
FROM instants AS i
JOIN opa_exports_known AS e ON e.effective_at <= i.ts AND e.effective_at > i.ts - INTERVAL 1 HOUR
GROUP BY ALL HAVING sum(requests) > 0
