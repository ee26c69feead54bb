-- Deployments that failed, and those that broke production and were followed by nothing yet, at each instant; recovered
-- or not.
failures AS (
  SELECT i.ts, deployment, service, team, environment, finished_at
  FROM verdict_spans AS v
  JOIN instants AS i ON i.ts >= greatest(v.from_at, v.finished_at) AND i.ts < v.until_at
  WHERE verdict IN ('failed', 'broken')
),
recoveries AS (
  SELECT i.ts, deployment, service
  FROM verdict_spans AS v
  JOIN instants AS i ON i.ts >= greatest(v.from_at, v.finished_at + to_seconds(seconds)) AND i.ts < v.until_at
  WHERE verdict = 'recovered'
),
unrecovered AS (
  SELECT f.*, r.ts IS NULL AS is_open
  FROM failures AS f
  LEFT JOIN recoveries AS r USING (ts, deployment, service)
)
