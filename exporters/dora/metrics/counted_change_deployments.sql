-- All finished deployments; one that turns out to be a rollback is taken off while it is known as one, as is what the
-- definitions do not count.
counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment} AS labels, finished_at AS happened_at, from_at,
    until_at, n
  FROM (
    SELECT team, service, environment, finished_at, from_at, until_at, 1 AS n
    FROM deployment_spans
    WHERE outcome <> 'cancelled' OR changed_production
    UNION ALL
    SELECT team, service, environment, finished_at, from_at, until_at, -1
    FROM verdict_spans
    WHERE verdict IN ('rollback', 'not_counted')
  )
)
