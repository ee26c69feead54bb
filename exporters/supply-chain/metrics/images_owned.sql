owned AS (SELECT ts, team, service, environment, count(*) AS n FROM running_at GROUP BY ALL)
