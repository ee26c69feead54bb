SELECT ts, team, service, environment, sum(n) AS value FROM folded WHERE status = 'claimed' GROUP BY ALL
