SELECT ts, team, service, environment, level, sum(n) AS value FROM folded GROUP BY ALL
