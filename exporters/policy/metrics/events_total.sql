SELECT
  i.ts, s.team, s.engine, s.requirement, s.severity, s.enforcement,
  sum(n) OVER (PARTITION BY s.team, s.engine, s.requirement, s.severity, s.enforcement ORDER BY i.ts)::BIGINT AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, engine, requirement, severity, enforcement FROM steps) AS s
LEFT JOIN steps USING (ts, team, engine, requirement, severity, enforcement)
