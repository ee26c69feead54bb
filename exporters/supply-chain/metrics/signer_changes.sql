SELECT i.ts, s.team, s.environment, sum(n) OVER (PARTITION BY s.team, s.environment ORDER BY i.ts)::BIGINT AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, environment FROM steps) AS s
LEFT JOIN steps USING (ts, team, environment)
