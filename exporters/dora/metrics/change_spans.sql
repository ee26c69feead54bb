-- What deployments of the windows asked for brought, while it was known so. Nearly every change has one row: only those
-- that share a hash with another are compared by name, which costs what all of them would.
asked AS (SELECT min(ts) - INTERVAL 121 DAY AS since FROM instants),
recent_changes AS MATERIALIZED (
  SELECT hash(deployment, service, environment, repository, sha) AS change_hash, *
  FROM deployed_changes_known
  WHERE occurred_at > (SELECT since FROM asked)
),
changed_changes AS (SELECT change_hash FROM recent_changes GROUP BY change_hash HAVING count(*) > 1),
change_spans AS (
  SELECT
    deployment, service, team, environment, clock_at, committed_at, excluded, occurred_at AS finished_at,
    effective_at AS from_at, TIMESTAMP '9999-12-31' AS until_at
  FROM recent_changes
  ANTI JOIN changed_changes USING (change_hash)
  WHERE holds
  UNION ALL
  SELECT
    deployment, service, team, environment, clock_at, committed_at, excluded, occurred_at, from_at, until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM recent_changes
    SEMI JOIN changed_changes USING (change_hash)
    WINDOW newer AS (
      PARTITION BY deployment, service, environment, repository, sha
      ORDER BY learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE holds AND from_at < until_at
)
