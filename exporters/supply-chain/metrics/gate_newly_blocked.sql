SELECT ts, team, environment, rule, count(*) AS value FROM newly_blocked_at GROUP BY ALL
