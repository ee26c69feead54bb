SELECT ts, watch, team, environment, count(DISTINCT artifact) AS value FROM watched_at GROUP BY ALL
