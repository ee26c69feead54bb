SELECT ts, team, area, "window", count(*) AS value FROM done_in GROUP BY ALL
