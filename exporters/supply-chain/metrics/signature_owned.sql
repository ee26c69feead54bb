owned AS (SELECT ts, team, service, environment, signature AS status, count(*) AS n FROM signed_at GROUP BY ALL)
