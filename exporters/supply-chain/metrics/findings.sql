SELECT ts, team, service, environment, class, severity, fix, exploited, state, sum(n) AS value FROM folded GROUP BY ALL
