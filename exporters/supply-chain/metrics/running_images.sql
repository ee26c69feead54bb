SELECT ts, team, service, environment, sum(n) AS value FROM folded GROUP BY ALL
