SELECT ts, team, service, environment, engine, requirement, severity, enforcement, state, sum(n) AS value
FROM folded
GROUP BY ALL
