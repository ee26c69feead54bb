-- Pull requests of the derived repositories that reached production, each with the first deployment of a service that
-- brought it: its merge commit (merged, squashed, rebased, or queued), else a commit that names its number, else one of
-- its own commits. Stages follow each other without gaps, so that they add up to the total.
CREATE OR REPLACE TEMP TABLE wanted_pull_requests AS
WITH merged AS (
  SELECT * FROM (
    SELECT * FROM pull_requests
    WHERE repository IN (
      FROM derived_repositories UNION SELECT repository FROM deployed_changes SEMI JOIN scoped_deployments USING (deployment)
    )
    QUALIFY row_number() OVER (PARTITION BY repository, number ORDER BY updated_at DESC, learned_at DESC, source) = 1
  )
  WHERE state = 'merged' AND merged_at IS NOT NULL
),
changes AS (
  SELECT deployment, service, team, environment, repository, sha, excluded, occurred_at
  FROM (
    SELECT * FROM deployed_changes
    SEMI JOIN (
      SELECT DISTINCT service, environment FROM production_deployments SEMI JOIN scoped_deployments USING (deployment)
    ) USING (service, environment)
    QUALIFY row_number() OVER (PARTITION BY deployment, service, environment, repository, sha ORDER BY learned_at DESC) = 1
  )
  WHERE holds
),
own_commits AS (
  SELECT repository, number, sha, authored_at FROM pull_request_commits SEMI JOIN merged USING (repository, number)
),
-- Two tables at a time: of three that all have the repository, DuckDB may pair whatever is of one repository.
naming_commits AS MATERIALIZED (
  SELECT merged.repository, merged.number, commits.sha
  FROM merged
  JOIN commits ON commits.repository = merged.repository AND commits.pull_request = merged.number
),
matches AS (
  SELECT repository, number, 1 AS rank, c.* EXCLUDE (repository, sha) FROM merged JOIN changes AS c USING (repository)
  WHERE c.sha = merged.merge_sha
  UNION ALL
  SELECT repository, number, 2, c.* EXCLUDE (repository, sha)
  FROM naming_commits JOIN changes AS c USING (repository, sha)
  UNION ALL
  SELECT repository, number, 3, c.* EXCLUDE (repository, sha) FROM own_commits JOIN changes AS c USING (repository, sha)
),
first_deployed AS (
  SELECT * FROM matches
  QUALIFY row_number() OVER (
    PARTITION BY repository, number, service, environment ORDER BY rank, occurred_at, deployment
  ) = 1
),
moments AS (
  SELECT
    f.deployment, f.service, f.team, f.environment, f.repository, f.number, f.occurred_at,
    CASE
      WHEN m.is_bot OR EXISTS (FROM bot_patterns WHERE lower(m.author) LIKE pattern ESCAPE '\') THEN 'bot'
      WHEN f.excluded = 'deployed_before' THEN 'deployed_before'
      WHEN m.merged_at > f.occurred_at THEN 'after_deployment'
      ELSE ''
    END AS excluded,
    least(
      coalesce(
        m.first_commit_at,
        (SELECT min(authored_at) FROM own_commits AS o WHERE o.repository = f.repository AND o.number = f.number)
      ),
      m.created_at
    ) AS began_at,
    m.first_commit_at IS NOT NULL OR EXISTS (
      FROM own_commits AS o WHERE o.repository = f.repository AND o.number = f.number
    ) AS is_begin_known,
    least(greatest(coalesce(m.ready_at, m.created_at), m.created_at), m.merged_at) AS opened_at,
    -- least() passes over what is NULL.
    CASE WHEN m.approved_at IS NOT NULL THEN least(m.approved_at, m.merged_at) END AS approved_at, m.merged_at
  FROM first_deployed AS f
  JOIN merged AS m USING (repository, number)
)
SELECT
  deployment, service, team, environment, repository, number,
  CASE WHEN is_begin_known THEN date_sub('second', began_at, opened_at) END AS coding,
  date_sub('second', opened_at, greatest(opened_at, coalesce(approved_at, merged_at))) AS review,
  CASE WHEN approved_at IS NOT NULL THEN date_sub('second', greatest(opened_at, approved_at), merged_at) END AS "merge",
  CASE WHEN merged_at <= occurred_at THEN date_sub('second', merged_at, occurred_at) END AS deploy,
  CASE WHEN is_begin_known AND merged_at <= occurred_at THEN date_sub('second', began_at, occurred_at) END AS total,
  excluded, true AS holds, occurred_at
FROM moments;
