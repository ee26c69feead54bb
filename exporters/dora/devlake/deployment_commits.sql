-- DevLake's generateDeploymentCommits: a pipeline that has ended in success or failure deploys where its type or that of
-- one of its tasks is DEPLOYMENT, and deploys each of its commits. One pipeline is one environment: its own, else
-- PRODUCTION before STAGING before TESTING of its tasks. Skipped tasks count for neither.
-- Reads devlake_pipelines (project, pipeline, scope, result, type, environment, duration, started_at, finished_at),
-- devlake_tasks (pipeline, result, type, environment), devlake_pipeline_commits (pipeline, sha, repository).
CREATE OR REPLACE TEMP TABLE devlake_deployment_commits AS
WITH ended AS (FROM devlake_tasks WHERE result IN ('SUCCESS', 'FAILURE')),
told AS (
  SELECT
    pipeline, bool_or(type = 'DEPLOYMENT') AS deploys, bool_or(environment = 'PRODUCTION') AS is_production,
    bool_or(environment = 'STAGING') AS is_staging, bool_or(environment = 'TESTING') AS is_testing
  FROM ended
  GROUP BY ALL
)
SELECT
  p.project, p.pipeline || ':' || c.repository AS id, p.pipeline AS deployment, p.scope, c.repository, c.sha, p.result,
  CASE
    WHEN p.environment <> '' THEN p.environment
    WHEN told.is_production THEN 'PRODUCTION'
    WHEN told.is_staging THEN 'STAGING'
    WHEN told.is_testing THEN 'TESTING'
    ELSE ''
  END AS environment,
  coalesce(p.started_at, p.finished_at - to_seconds(p.duration)) AS started_at, p.finished_at
FROM devlake_pipelines AS p
JOIN devlake_pipeline_commits AS c USING (pipeline)
LEFT JOIN told USING (pipeline)
WHERE p.result IN ('SUCCESS', 'FAILURE') AND (p.type = 'DEPLOYMENT' OR coalesce(told.deploys, false));
