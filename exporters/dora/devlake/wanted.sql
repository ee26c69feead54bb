-- What DevLake would show, in the shape of the derived tables that the families read.

-- A deployment has one diff for each repository that it brings.
CREATE OR REPLACE TEMP TABLE devlake_wanted_ranges AS
SELECT
  d.deployment, d.service, c.repository, d.environment,
  CASE
    WHEN c.sha = '' THEN 'no_sha'
    WHEN p.previous_id = '' THEN 'first'
    WHEN r.is_known THEN 'range'
    ELSE 'unknown_commit'
  END AS basis,
  p.previous, p.previous_sha, c.sha, r.commits, r.merges, true AS holds, d.finished_at AS occurred_at
FROM devlake_ranges AS r
JOIN devlake_previous AS p USING (lane, position)
JOIN devlake_deployment_commits AS c USING (project, id)
JOIN devlake_deployments AS d ON d.deployment = c.deployment;

-- Minutes, rounded up, in seconds. Review is the time from opened to merged, since the parts of it may overlap.
CREATE OR REPLACE TEMP TABLE devlake_wanted_pull_requests AS
SELECT
  m.deployment, d.service, d.team, d.environment, p.repository, p.number, m.coding * 60 AS coding, m.open * 60 AS review,
  NULL::BIGINT AS "merge", m.deploy * 60 AS deploy, m.cycle * 60 AS total, '' AS excluded, true AS holds,
  m.deployed_at AS occurred_at, p.merge_sha
FROM devlake_pull_request_metrics AS m
JOIN devlake_merged AS p ON m.pull_request = p.repository || '#' || p.number
JOIN devlake_deployments AS d USING (deployment);

-- Its change lead time is the cycle time of a pull request: one change each, with one clock.
CREATE OR REPLACE TEMP TABLE devlake_wanted_changes AS
SELECT
  deployment, service, team, environment, repository, merge_sha AS sha, occurred_at - to_seconds(total) AS clock_at,
  occurred_at - to_seconds(total) AS committed_at, '' AS excluded, true AS holds, occurred_at
FROM devlake_wanted_pull_requests
-- Two pull requests may be merged by one commit.
QUALIFY row_number() OVER (PARTITION BY deployment, repository, merge_sha ORDER BY total DESC, number) = 1;

CREATE OR REPLACE TEMP TABLE devlake_linked AS
SELECT
  i.*, coalesce(l.deployment, '') AS deployment,
  CASE WHEN l.deployment IS NOT NULL THEN 'project_and_time' ELSE 'no_deployment' END AS reason,
  coalesce(d.environment, (SELECT name FROM devlake_production)) AS environment, d.finished_at
FROM devlake_known_incidents AS i
LEFT JOIN devlake_incident_deployments AS l ON l.project = i.project AND l.incident = i.key
LEFT JOIN devlake_deployments AS d ON d.deployment = l.deployment;

CREATE OR REPLACE TEMP TABLE devlake_wanted_links AS
SELECT
  source, incident, service, team, environment, status, deployment, reason,
  CASE WHEN deployment = '' THEN 0 ELSE 0.5 END AS confidence, started_at, resolved_at,
  greatest(started_at, CASE status WHEN 'open' THEN started_at WHEN 'resolved' THEN coalesce(resolved_at, updated_at) ELSE updated_at END) AS occurred_at
FROM devlake_linked;
-- One that is over when we first hear of it was open before.
CREATE OR REPLACE TEMP TABLE devlake_wanted_openings AS
SELECT * REPLACE ('open' AS status, NULL::TIMESTAMP AS resolved_at, started_at AS occurred_at)
FROM devlake_wanted_links AS w
WHERE status = 'resolved' AND NOT EXISTS (FROM incident_links AS l WHERE l.source = w.source AND l.incident = w.incident);

-- A deployment with an incident has failed. It has recovered when the last of its incidents is resolved: whole minutes
-- from its end. One that failed to deploy is neither a failure nor part of what the failures are divided by.
CREATE OR REPLACE TEMP TABLE devlake_wanted_verdicts AS
WITH failed AS (
  SELECT
    deployment, min(started_at) AS failed_at, min_by(source || ':' || incident, (started_at, key)) AS cause,
    bool_and(resolved_at IS NOT NULL) AS is_recovered, max(resolved_at) AS recovered_at,
    max_by(source || ':' || incident, (resolved_at, key)) AS last_cause
  FROM devlake_linked
  WHERE deployment <> '' AND status <> 'deleted'
  GROUP BY ALL
),
said AS (
  SELECT deployment, 'failed' AS verdict, 'incident' AS reason, cause, NULL::BIGINT AS seconds, failed_at AS occurred_at
  FROM failed
  UNION ALL
  SELECT deployment, 'recovered', 'incident', last_cause, date_sub('minute', finished_at, recovered_at) * 60, recovered_at
  FROM failed JOIN devlake_deployments USING (deployment)
  WHERE is_recovered
)
SELECT
  deployment, service, verdict, team, environment, reason, 0.5::DOUBLE AS confidence, cause, seconds, finished_at,
  true AS holds, occurred_at
FROM said
JOIN devlake_deployments USING (deployment)
UNION ALL
SELECT
  deployment, service, 'not_counted', team, environment,
  CASE WHEN outcome = 'success' THEN 'another_service' ELSE 'failed_deployment' END, 1, '', NULL, finished_at, true, finished_at
FROM devlake_all_deployments
WHERE (outcome = 'success' AND NOT is_first) OR outcome = 'failure' OR (outcome = 'cancelled' AND changed_production);
