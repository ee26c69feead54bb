SELECT
  i.ts, s.team, s.environment, s.class, s.severity, s.reason,
  sum(n) OVER (PARTITION BY s.team, s.environment, s.class, s.severity, s.reason ORDER BY i.ts)::BIGINT AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, environment, class, severity, reason FROM steps) AS s
LEFT JOIN steps USING (ts, team, environment, class, severity, reason)
