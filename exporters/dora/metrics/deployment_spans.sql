-- Deployments as they were known to be: a row holds from its effective_at until a newer one of the same two does.
deployment_spans AS (
  SELECT deployment, service, team, environment, outcome, changed_production, finished_at, from_at, until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM production_deployments_known
    WINDOW newer AS (
      PARTITION BY deployment, service ORDER BY learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE from_at < until_at AND outcome <> ''
)
