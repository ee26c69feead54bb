SELECT ts, team, severity, epoch(min(due_at)) AS value
FROM sla_at
WHERE state = 'open' AND due_at > ts
GROUP BY ALL
