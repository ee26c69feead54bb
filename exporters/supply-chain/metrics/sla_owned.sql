owned AS (
  SELECT ts, team, service, environment, engine AS class, severity, exploited, state, status, count(*) AS n
  FROM sla_at
  GROUP BY ALL
)
