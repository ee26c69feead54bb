SELECT ts, team, epoch(min(expires_at)) AS value
FROM exceptions_at
WHERE status IN ('active', 'expiring')
GROUP BY ALL
