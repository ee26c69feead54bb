SELECT
  i.ts, s.team, s.engine, s.requirement, s.severity, s.enforcement, s.reason,
  sum(n) OVER (
    PARTITION BY s.team, s.engine, s.requirement, s.severity, s.enforcement, s.reason ORDER BY i.ts
  )::BIGINT AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, engine, requirement, severity, enforcement, reason FROM steps) AS s
LEFT JOIN steps USING (ts, team, engine, requirement, severity, enforcement, reason)
