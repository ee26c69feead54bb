SELECT ts, team, service, environment, status, sum(n) AS value FROM folded GROUP BY ALL
