SELECT
  i.ts, s.team, s.engine, s.policy, s.requirement, s.enforcement,
  sum(n) OVER (PARTITION BY s.team, s.engine, s.policy, s.requirement, s.enforcement ORDER BY i.ts)::BIGINT AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, engine, policy, requirement, enforcement FROM steps) AS s
LEFT JOIN steps USING (ts, team, engine, policy, requirement, enforcement)
