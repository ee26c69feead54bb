SELECT ts, team, epoch(min(created_at)) AS value FROM measured GROUP BY ALL
