SELECT ts, team, severity, enforcement, age, count(*) AS value FROM aged GROUP BY ALL
