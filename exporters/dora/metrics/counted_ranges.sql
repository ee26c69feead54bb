counted AS (
  SELECT {'team': d.team, 'service': d.service, 'environment': d.environment, 'basis': r.basis} AS labels,
    d.finished_at AS happened_at, greatest(r.from_at, d.from_at) AS from_at, least(r.until_at, d.until_at) AS until_at,
    1 AS n
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM deployment_ranges_known
    WINDOW newer AS (
      PARTITION BY deployment, service, environment, repository
      ORDER BY learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  ) AS r
  JOIN deployment_spans AS d USING (deployment, service, environment)
  WHERE r.holds AND greatest(r.from_at, d.from_at) < least(r.until_at, d.until_at)
)
