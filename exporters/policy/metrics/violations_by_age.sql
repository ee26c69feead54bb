SELECT ts, team, severity, age, count(*) AS value FROM aged GROUP BY ALL
