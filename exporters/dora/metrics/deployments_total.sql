-- Each deployment of a service counts once, as it was first known: what is said of it later lowers no counter.
WITH first_known AS (
  SELECT team, service, environment, outcome, effective_at
  FROM production_deployments_known
  WHERE outcome <> ''
  QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at) = 1
),
steps AS (
  SELECT i.ts, team, service, environment, outcome, count(*) AS n
  FROM first_known
  ASOF JOIN instants AS i ON first_known.effective_at <= i.ts
  GROUP BY ALL
)
SELECT
  i.ts, s.team, s.service, s.environment, s.outcome,
  sum(n) OVER (PARTITION BY s.team, s.service, s.environment, s.outcome ORDER BY i.ts) AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, service, environment, outcome FROM steps) AS s
LEFT JOIN steps USING (ts, team, service, environment, outcome)
