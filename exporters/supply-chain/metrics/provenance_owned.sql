owned AS (SELECT ts, team, service, environment, provenance AS status, count(*) AS n FROM signed_at GROUP BY ALL)
