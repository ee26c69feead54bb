SELECT ts, team, engine, epoch(min(created_at)) AS value FROM exceptions_at WHERE status <> 'expired' GROUP BY ALL
