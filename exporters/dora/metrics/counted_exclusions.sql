counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment, 'reason': excluded} AS labels,
    finished_at AS happened_at, from_at, until_at, count(*) AS n
  FROM change_spans
  WHERE excluded <> ''
  GROUP BY ALL
)
