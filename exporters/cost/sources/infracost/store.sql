-- What `read_estimates` says and the ledger doesn't know. Of one project and commit the document generated last counts;
-- a breakdown says nothing of the change, and so takes nothing away from what a diff of the same commit said.
CREATE OR REPLACE TEMP TABLE new_estimates AS
WITH given AS (
  SELECT
    repository, project, workspace, name, pullRequest AS pull_request, merges, onDefaultBranch AS on_default_branch,
    "commit" AS commit_sha, committedAt::TIMESTAMP AS committed_at, generatedAt::TIMESTAMP AS generated_at, currency,
    monthly::DECIMAL(38,10) AS monthly, "change"::DECIMAL(38,10) AS change, resources, unsupported, unpriced, error,
    ((md5_number(json_object('repository', repository)::VARCHAR) >> 2)::DECIMAL(38,0))::HUGEINT AS owner_key
  FROM read_estimates
),
known AS (
  SELECT
    repository, project, workspace, name, pull_request, merges, on_default_branch, commit_sha, committed_at,
    generated_at, currency, monthly, change, resources, unsupported, unpriced, error, owner_key
  FROM cost_estimates
  WHERE (repository, commit_sha) IN (SELECT (repository, commit_sha) FROM given)
  WINDOW one_estimate AS (PARTITION BY repository, project, workspace, name, pull_request, commit_sha)
  QUALIFY row_number() OVER (one_estimate ORDER BY learned_at DESC, generated_at DESC) = 1
),
both_sides AS (
  SELECT *, true AS is_given FROM given
  UNION ALL
  SELECT *, false FROM known
),
newest AS (
  SELECT * EXCLUDE (is_given) REPLACE (
    coalesce(change, last_value(change IGNORE NULLS) OVER (
      PARTITION BY repository, project, workspace, name, pull_request, commit_sha, currency
      ORDER BY generated_at, is_given, change ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )) AS change
  )
  FROM both_sides
  WINDOW one_estimate AS (PARTITION BY repository, project, workspace, name, pull_request, commit_sha)
  QUALIFY row_number() OVER (
    one_estimate ORDER BY generated_at DESC, change IS NULL, is_given DESC, change DESC, monthly DESC NULLS LAST
  ) = 1
)
FROM newest
-- Generated anew with the same outcome is nothing new.
WHERE NOT EXISTS (
  FROM known
  WHERE (known.repository, known.project, known.workspace, known.name, known.pull_request, known.commit_sha)
      = (newest.repository, newest.project, newest.workspace, newest.name, newest.pull_request, newest.commit_sha)
    AND (known.merges, known.on_default_branch, known.committed_at, known.currency, known.monthly, known.change,
        known.resources, known.unsupported, known.unpriced, known.error)
      IS NOT DISTINCT FROM (newest.merges, newest.on_default_branch, newest.committed_at, newest.currency, newest.monthly,
        newest.change, newest.resources, newest.unsupported, newest.unpriced, newest.error)
);
