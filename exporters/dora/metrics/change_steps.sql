steps AS (
  SELECT {'team': team, 'service': service, 'environment': environment, 'clock': clock, 'reach': reach} AS labels, bucket,
    ts, sum(n) AS n, sum(total) AS total
  FROM (
    SELECT team, service, environment, reach, 'authored' AS clock, authored_bucket AS bucket, ts, n, authored AS total
    FROM grouped
    UNION ALL
    SELECT team, service, environment, reach, 'committed', committed_bucket, ts, n, committed FROM grouped
  )
  WHERE bucket IS NOT NULL
  GROUP BY ALL
)
