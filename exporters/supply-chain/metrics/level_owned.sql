owned AS (SELECT ts, team, service, environment, level::VARCHAR AS level, count(*) AS n FROM signed_at GROUP BY ALL)
