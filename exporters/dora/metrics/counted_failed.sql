counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment, 'reason': reason} AS labels, finished_at AS happened_at, from_at,
    until_at, 1 AS n
  FROM verdict_spans
  WHERE verdict = 'failed'
)
