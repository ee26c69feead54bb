-- What the deployments that listed incidents are linked to are called: the version, else the ref, else the commit.
deployment_versions AS (
  SELECT deployment, service, version, from_at, until_at
  FROM (
    SELECT
      deployment, service, outcome, coalesce(nullif(version, ''), nullif(ref, ''), left(sha, 12), '') AS version,
      effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM (
      SELECT * FROM production_deployments_known SEMI JOIN listed_incidents USING (deployment)
    )
    WINDOW newer AS (
      PARTITION BY deployment, service ORDER BY learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE from_at < until_at AND outcome <> ''
)
