-- DevLake's enrichPrevSuccessDeploymentCommits: the success before, by its end, in the same scope, repository and
-- environment. Services are no part of it: what several of them deploy of one repository is one row of deployments.
-- Reads devlake_deployment_commits; of successes that end at once the smaller id is before.
CREATE OR REPLACE TEMP TABLE devlake_previous AS
SELECT
  project, id, coalesce(lag(id) OVER lane, '') AS previous_id, coalesce(lag(deployment) OVER lane, '') AS previous,
  coalesce(lag(sha) OVER lane, '') AS previous_sha,
  dense_rank() OVER (ORDER BY project, scope, repository, environment)::INTEGER AS lane,
  row_number() OVER lane::INTEGER AS position
FROM devlake_deployment_commits
WHERE result = 'SUCCESS' AND finished_at IS NOT NULL AND environment <> '' AND repository <> ''
WINDOW lane AS (PARTITION BY project, scope, repository, environment ORDER BY finished_at, id);
