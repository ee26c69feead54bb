SELECT ts, team, quarter, outcome, count(*) AS value FROM promises GROUP BY ALL
