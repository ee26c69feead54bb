-- Verdicts while they held, of deployments while they were known as such; the deployment says whose they are.
verdict_spans AS (
  SELECT
    verdict, reason, seconds, deployment, service, d.team, d.environment, d.finished_at,
    greatest(v.from_at, d.from_at) AS from_at, least(v.until_at, d.until_at) AS until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM verdicts_known
    WINDOW newer AS (
      PARTITION BY deployment, service, verdict ORDER BY learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  ) AS v
  JOIN deployment_spans AS d USING (deployment, service)
  WHERE v.holds AND greatest(v.from_at, d.from_at) < least(v.until_at, d.until_at)
)
