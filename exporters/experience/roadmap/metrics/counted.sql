SELECT ts, team, "window", count(*) AS value FROM measured GROUP BY ALL
