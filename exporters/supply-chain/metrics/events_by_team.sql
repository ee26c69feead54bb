-- Events at the first instant that sees them.
steps AS (
  SELECT i.ts, team, environment, engine AS class, severity, reason, count(*) AS n
  FROM events AS e
  ASOF JOIN instants AS i ON e.effective_at <= i.ts
  GROUP BY ALL
)
