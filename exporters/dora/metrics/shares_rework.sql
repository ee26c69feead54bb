-- Rework over all finished deployments, rollbacks among them. DevLake's definitions know no rework: no share, not 0.
counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment} AS labels, finished_at AS happened_at, from_at,
    until_at, part, whole
  FROM (
    SELECT team, service, environment, finished_at, from_at, until_at, 0 AS part, 1 AS whole
    FROM deployment_spans
    WHERE outcome <> 'cancelled' OR changed_production
    UNION ALL
    SELECT team, service, environment, finished_at, from_at, until_at, 1, 0
    FROM verdict_spans
    WHERE verdict = 'rework'
  )
  WHERE NOT EXISTS (FROM dora_settings WHERE name = 'is_devlake' AND value = 1)
)
