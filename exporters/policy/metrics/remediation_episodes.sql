SELECT ts, team, service, environment, severity, outcome, "window", sum(n)::BIGINT AS value FROM at_risk GROUP BY ALL
