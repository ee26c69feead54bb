SELECT ts, engine, epoch(max(looked_at)) AS value FROM scopes_at GROUP BY ALL
