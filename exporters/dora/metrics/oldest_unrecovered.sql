SELECT ts, team, service, environment, epoch(min(finished_at)) AS value FROM unrecovered WHERE is_open GROUP BY ALL
