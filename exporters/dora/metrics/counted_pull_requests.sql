counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment} AS labels, finished_at AS happened_at, from_at,
    until_at, count(*) AS n
  FROM pull_request_spans
  GROUP BY ALL
)
