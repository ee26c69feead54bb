counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment} AS labels, finished_at AS happened_at, from_at,
    until_at, 1 AS n
  FROM verdict_spans
  WHERE verdict = 'failed_before_change'
)
