owned AS (
  SELECT ts, team, service, environment, engine AS class, severity, fix, exploited, state, count(*) AS n
  FROM described
  GROUP BY ALL
)
