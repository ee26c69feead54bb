SELECT ts, team, engine AS class, severity, age, count(*) AS value FROM aged GROUP BY ALL
