SELECT ts, team, service, environment, engine, requirement, outcome, sum(n) AS value FROM folded GROUP BY ALL
