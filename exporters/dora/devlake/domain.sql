-- The ledger's facts in the shape of DevLake's domain layer. A pipeline is a deployment to production that has ended;
-- its scope is the repository as one source has it; a project is what the configuration says, else the owning team.
-- Reads derived_repositories (repository) and devlake_project_rules (position, project, repository, service: patterns of
-- ILIKE, NULL where it has none).

-- One of several services stands for a deployment: DevLake knows none, and counts it once.
CREATE OR REPLACE TEMP TABLE devlake_all_deployments AS
SELECT *, row_number() OVER (PARTITION BY deployment ORDER BY service) = 1 AS is_first
FROM (
  SELECT * FROM production_deployments
  QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC) = 1
)
WHERE outcome <> '';

CREATE OR REPLACE TEMP TABLE devlake_deployments AS
WITH stated AS (SELECT DISTINCT source || ':' || deployment AS deployment, source FROM deployments),
projects AS (
  SELECT d.deployment, min_by(r.project, r.position) AS project
  FROM devlake_all_deployments AS d
  JOIN devlake_project_rules AS r
    ON coalesce(d.repository ILIKE r.repository ESCAPE '\', r.repository IS NULL)
      AND coalesce(d.service ILIKE r.service ESCAPE '\', r.service IS NULL)
  WHERE d.is_first
  GROUP BY ALL
)
SELECT
  coalesce(projects.project, 'team ' || d.team) AS project, d.deployment, stated.source, d.service, d.team, d.environment,
  d.repository, d.sha, d.outcome, d.started_at, d.finished_at
FROM devlake_all_deployments AS d
JOIN stated USING (deployment)
LEFT JOIN projects USING (deployment)
WHERE is_first;

CREATE OR REPLACE TEMP TABLE devlake_pipelines AS
SELECT
  project, deployment AS pipeline, source || ':' || repository AS scope,
  CASE outcome WHEN 'success' THEN 'SUCCESS' WHEN 'failure' THEN 'FAILURE' ELSE 'ABORT' END AS result,
  'DEPLOYMENT' AS type, 'PRODUCTION' AS environment, NULL::DOUBLE AS duration, started_at, finished_at
FROM devlake_deployments;

-- Nothing tells jobs of a pipeline apart from it.
CREATE OR REPLACE TEMP TABLE devlake_tasks (pipeline VARCHAR, result VARCHAR, type VARCHAR, environment VARCHAR);

CREATE OR REPLACE TEMP TABLE devlake_pipeline_commits AS
WITH brought AS (
  SELECT source || ':' || deployment AS pipeline, repository, max_by(sha, (learned_at, sha)) AS sha
  FROM deployment_commits
  GROUP BY ALL
)
FROM brought
UNION ALL BY NAME
SELECT deployment AS pipeline, repository, sha
FROM devlake_deployments AS d
WHERE NOT EXISTS (FROM brought WHERE brought.pipeline = d.deployment AND brought.repository = d.repository);

-- What is looked at: a deployment of one repository may bring another.
CREATE OR REPLACE TEMP TABLE devlake_repositories AS
SELECT repository FROM derived_repositories
UNION
SELECT c.repository
FROM devlake_pipeline_commits AS c
JOIN devlake_deployments AS d ON d.deployment = c.pipeline
WHERE d.repository IN (FROM derived_repositories);

CREATE OR REPLACE TEMP TABLE devlake_merged AS
SELECT * FROM (
  SELECT * FROM pull_requests
  WHERE repository IN (FROM devlake_repositories)
  QUALIFY row_number() OVER (PARTITION BY repository, number ORDER BY updated_at DESC, learned_at DESC, source) = 1
)
WHERE merged_at IS NOT NULL;

-- A repository is in each project that deploys it.
CREATE OR REPLACE TEMP TABLE devlake_pull_requests AS
SELECT p.project, m.repository || '#' || m.number AS pull_request, m.author, m.merge_sha, m.created_at, m.merged_at
FROM devlake_merged AS m
JOIN (
  SELECT DISTINCT d.project, c.repository
  FROM devlake_pipeline_commits AS c
  JOIN devlake_deployments AS d ON d.deployment = c.pipeline
) AS p USING (repository);

CREATE OR REPLACE TEMP TABLE devlake_pull_request_commits AS
SELECT c.repository || '#' || c.number AS pull_request, c.sha, c.authored_at
FROM pull_request_commits AS c
SEMI JOIN devlake_merged USING (repository, number)
UNION ALL
SELECT repository || '#' || number, '', first_commit_at
FROM devlake_merged AS m
WHERE first_commit_at IS NOT NULL
  AND NOT EXISTS (FROM pull_request_commits AS c WHERE c.repository = m.repository AND c.number = m.number);

-- The first review is known, by somebody else, and no other comment.
CREATE OR REPLACE TEMP TABLE devlake_comments AS
SELECT 'review' AS comment, repository || '#' || number AS pull_request, '' AS account, first_review_at AS created_at
FROM devlake_merged
WHERE first_review_at IS NOT NULL;
