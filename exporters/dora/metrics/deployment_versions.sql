-- What the deployments that listed incidents are linked to are called: the version, else the tag, else the commit, else the
-- ref. A branch is what many were deployed from: main would be the name of all of them.
deployment_versions AS (
  SELECT deployment, service, version, from_at, until_at
  FROM (
    SELECT
      deployment, service, outcome,
      CASE
        WHEN version NOT IN ('', sha) THEN version
        WHEN sha = '' OR starts_with(ref, 'refs/tags/') OR (ref ~ '.*[0-9].*' AND NOT starts_with(ref, 'refs/heads/') AND ref <> sha)
          THEN regexp_replace(ref, '^refs/(tags|heads)/', '')
        ELSE left(sha, 12)
      END AS version,
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
