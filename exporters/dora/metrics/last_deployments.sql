-- What is known for good is a running maximum; what came to be known otherwise counts while it was known so.
successes AS (
  SELECT team, service, environment, finished_at, greatest(from_at, finished_at) AS from_at, until_at
  FROM deployment_spans
  WHERE outcome = 'success'
),
lasting AS (
  SELECT i.ts, team, service, environment, max(finished_at) AS finished_at
  FROM (SELECT * FROM successes WHERE until_at = TIMESTAMP '9999-12-31') AS known
  ASOF JOIN instants AS i ON known.from_at <= i.ts
  GROUP BY ALL
),
at_instants AS (
  SELECT
    i.ts, s.team, s.service, s.environment,
    max(finished_at) OVER (PARTITION BY s.team, s.service, s.environment ORDER BY i.ts) AS finished_at
  FROM instants AS i
  CROSS JOIN (SELECT DISTINCT team, service, environment FROM lasting) AS s
  LEFT JOIN lasting USING (ts, team, service, environment)
  UNION ALL
  SELECT i.ts, team, service, environment, finished_at
  FROM successes
  JOIN instants AS i ON i.ts >= successes.from_at AND i.ts < successes.until_at
  WHERE until_at < TIMESTAMP '9999-12-31'
)
