-- Happens when what remedied it ends.
counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment} AS labels,
    finished_at + to_seconds(seconds) AS happened_at, from_at, until_at, seconds
  FROM verdict_spans
  WHERE verdict = 'recovered'
)
