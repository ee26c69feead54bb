-- DevLake's calculateChangeLeadTime: times of each merged pull request in minutes, rounded up, NULL where they are
-- negative. It was deployed by the success in PRODUCTION that began first of those whose diff to the success before has
-- its merge commit; one that has no success before has no diff. Cycle time is what is known of the parts, 0 at least.
-- Reads devlake_pull_requests (project, pull_request, author, merge_sha, created_at, merged_at),
-- devlake_pull_request_commits (pull_request, sha, authored_at), devlake_comments (comment, pull_request, account,
-- created_at), devlake_commits_diffs (old_sha, new_sha, sha), devlake_deployment_commits and devlake_previous.
CREATE OR REPLACE TEMP MACRO devlake_minutes(since, until) AS
  CASE
    WHEN ceil(date_sub('microsecond', since::TIMESTAMP, until::TIMESTAMP) / 60000000.0) >= 0
      THEN ceil(date_sub('microsecond', since::TIMESTAMP, until::TIMESTAMP) / 60000000.0)::BIGINT
  END;

CREATE OR REPLACE TEMP TABLE devlake_pull_request_metrics AS
WITH first_commits AS (
  SELECT * FROM devlake_pull_request_commits
  QUALIFY row_number() OVER (PARTITION BY pull_request ORDER BY authored_at, sha) = 1
),
-- Whoever comments first and isn't the author; where the author isn't known, whoever does.
first_reviews AS (
  SELECT c.*
  FROM devlake_comments AS c
  JOIN devlake_pull_requests AS p USING (pull_request)
  WHERE coalesce(p.author, '') = '' OR c.account <> p.author
  QUALIFY row_number() OVER (PARTITION BY pull_request ORDER BY c.created_at, comment) = 1
),
deployed AS (
  SELECT d.project, d.id, d.deployment, d.finished_at, diff.sha
  FROM devlake_deployment_commits AS d
  JOIN devlake_previous AS p USING (project, id)
  JOIN devlake_deployment_commits AS before ON before.project = d.project AND before.id = p.previous_id
  JOIN devlake_commits_diffs AS diff ON diff.new_sha = d.sha AND diff.old_sha = before.sha
  WHERE d.environment = 'PRODUCTION' AND d.result = 'SUCCESS'
  QUALIFY row_number() OVER (PARTITION BY d.project, diff.sha ORDER BY d.started_at, d.id) = 1
),
parts AS (
  SELECT
    p.project, p.pull_request, p.created_at, p.merged_at, f.sha AS first_sha, f.authored_at AS first_authored_at,
    r.comment AS first_review, r.created_at AS first_review_at, d.id AS deployment_commit, d.deployment,
    d.finished_at AS deployed_at,
    devlake_minutes(f.authored_at, p.created_at) AS coding, devlake_minutes(p.created_at, r.created_at) AS pickup,
    devlake_minutes(r.created_at, p.merged_at) AS review, devlake_minutes(p.created_at, p.merged_at) AS open,
    devlake_minutes(p.merged_at, d.finished_at) AS deploy
  FROM devlake_pull_requests AS p
  LEFT JOIN first_commits AS f USING (pull_request)
  LEFT JOIN first_reviews AS r USING (pull_request)
  LEFT JOIN deployed AS d ON d.project = p.project AND d.sha = p.merge_sha AND d.finished_at IS NOT NULL
  WHERE p.merged_at IS NOT NULL
)
SELECT *, coalesce(coding, 0) + coalesce(open, 0) + coalesce(deploy, 0) AS cycle
FROM parts;
