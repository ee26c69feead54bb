SELECT ts, team, engine, status, count(*) AS value FROM scopes_at GROUP BY ALL
