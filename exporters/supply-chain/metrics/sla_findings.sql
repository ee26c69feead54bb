SELECT ts, team, service, environment, class, severity, exploited, state, status, sum(n) AS value
FROM folded
GROUP BY ALL
