steps AS (
  SELECT {'team': team, 'service': service, 'pipeline': pipeline} AS labels, seconds_bucket AS bucket, ts, n,
    seconds AS total
  FROM grouped
  WHERE bucket IS NOT NULL
)
