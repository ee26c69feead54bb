counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment, 'stage': stage} AS labels,
    finished_at AS happened_at, from_at, until_at, seconds
  FROM (
    SELECT
      *, unnest(['coding', 'review', 'merge', 'deploy', 'total']) AS stage,
      unnest([coding, review, "merge", deploy, total]) AS seconds
    FROM pull_request_spans
  )
  WHERE seconds IS NOT NULL
)
