SELECT
  i.ts, s.team, s.environment, s.class, s.severity,
  sum(n) OVER (PARTITION BY s.team, s.environment, s.class, s.severity ORDER BY i.ts)::BIGINT AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, environment, class, severity FROM steps) AS s
LEFT JOIN (SELECT ts, team, environment, class, severity, sum(n) AS n FROM steps GROUP BY ALL) AS c
  USING (ts, team, environment, class, severity)
