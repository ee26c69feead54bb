-- Failed deployments over all finished ones but rollbacks.
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
      -(verdict = 'rollback')::INTEGER
    FROM verdict_spans
    WHERE verdict IN ('failed', 'rollback')
  )
)
