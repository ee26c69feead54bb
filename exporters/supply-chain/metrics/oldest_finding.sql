SELECT ts, team, engine AS class, severity, epoch(min(opened_at)) AS value
FROM findings_at
WHERE state = 'open'
GROUP BY ALL
