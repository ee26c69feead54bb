WITH steps AS (
  SELECT i.ts, team, service, environment, max(effective_at) AS seen_at
  FROM opa_states_known ASOF JOIN instants AS i ON effective_at <= i.ts
  GROUP BY ALL
)
SELECT i.ts, team, service, environment,
  epoch(max(seen_at) OVER (PARTITION BY team, service, environment ORDER BY i.ts)) AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, service, environment FROM steps)
LEFT JOIN steps USING (ts, team, service, environment)
