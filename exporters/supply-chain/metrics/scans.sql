SELECT ts, team, scanner, status, count(*) AS value
FROM (SELECT DISTINCT ts, team, artifact FROM running_at)
JOIN scans_at USING (ts, artifact)
GROUP BY ALL
