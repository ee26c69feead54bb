-- Failed deployments over all finished ones but rollbacks and what the definitions do not count.
counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment} AS labels, finished_at AS happened_at, from_at,
    until_at, part, whole
  FROM (
    SELECT team, service, environment, finished_at, from_at, until_at, 0 AS part, 1 AS whole
    FROM deployment_spans
    WHERE outcome <> 'cancelled' OR changed_production
    UNION ALL
    SELECT
      team, service, environment, finished_at, from_at, until_at, (verdict = 'failed')::INTEGER,
      -(verdict IN ('rollback', 'not_counted'))::INTEGER
    FROM verdict_spans
    WHERE verdict IN ('failed', 'rollback', 'not_counted')
  )
)
