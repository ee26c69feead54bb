-- What was deployed where, lane by lane, and from which deployment on it has to be derived anew. A lane is a service,
-- environment and repository. Reads the temporary tables asked_repositories (repository, rules) and settings
-- (longest_gap_days).

-- A deployment brings its own repository, or all of those that it lists.
CREATE OR REPLACE TEMP TABLE brought AS
SELECT source || ':' || deployment AS deployment, repository, max_by(sha, (learned_at, sha)) AS sha
FROM deployment_commits
WHERE repository IN (SELECT repository FROM asked_repositories)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE lane_deployments AS
WITH held AS (
  SELECT deployment, service, team, environment, repository, sha, version, ref, outcome, finished_at
  FROM production_deployments
  WHERE repository IN (SELECT repository FROM asked_repositories) OR deployment IN (SELECT deployment FROM brought)
  QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC, rowid DESC) = 1
),
parts AS (
  SELECT held.* EXCLUDE (repository, sha), brought.repository, brought.sha FROM held JOIN brought USING (deployment)
  UNION ALL BY NAME
  SELECT held.* FROM held
  WHERE held.repository IN (SELECT repository FROM asked_repositories)
    AND NOT EXISTS (
      FROM brought WHERE brought.deployment = held.deployment AND brought.repository = held.repository
    )
),
-- Who deploys a tag may tell the tag alone.
newest_tags AS (
  SELECT repository, tag, max_by(sha, (updated_at, learned_at)) AS sha
  FROM tags
  WHERE repository IN (SELECT repository FROM asked_repositories)
  GROUP BY ALL
),
told AS (
  SELECT parts.* REPLACE (coalesce(nullif(parts.sha, ''), by_ref.sha, by_version.sha, '') AS sha)
  FROM parts
  -- A condition on parts.sha of its own would make it a join of each with each.
  LEFT JOIN newest_tags AS by_ref
    ON by_ref.repository = CASE WHEN parts.sha = '' THEN parts.repository END
      AND by_ref.tag = regexp_replace(parts.ref, '^refs/tags/', '')
  LEFT JOIN newest_tags AS by_version
    ON by_version.repository = CASE WHEN parts.sha = '' THEN parts.repository END AND by_version.tag = parts.version
  WHERE parts.outcome = 'success'
),
-- Who tells a sha may cut it short.
cut AS (
  SELECT told.repository, told.sha, any_value(c.node) AS node
  FROM (SELECT DISTINCT repository, sha FROM told WHERE length(sha) BETWEEN 7 AND 39) AS told
  JOIN commits AS c ON c.repository = told.repository AND c.sha[:7] = told.sha[:7] AND starts_with(c.sha, told.sha)
  GROUP BY ALL
  HAVING count(*) = 1
),
nodes AS (
  SELECT told.*, coalesce(c.node, cut.node) AS node
  FROM told
  LEFT JOIN commits AS c ON c.repository = told.repository AND c.sha = told.sha
  LEFT JOIN cut ON cut.repository = told.repository AND cut.sha = told.sha
),
in_order AS (
  SELECT nodes.*, dense_rank() OVER (ORDER BY service, environment, repository)::INTEGER AS lane,
    row_number() OVER lane::INTEGER AS position,
    -- One without a sha tells nothing of where the next one begins.
    lag(deployment) OVER with_sha AS previous, lag(sha) OVER with_sha AS previous_sha,
    lag(node) OVER with_sha AS previous_node, lag(finished_at) OVER with_sha AS previous_finished_at
  FROM nodes
  WINDOW lane AS (PARTITION BY service, environment, repository ORDER BY finished_at, deployment),
    with_sha AS (PARTITION BY service, environment, repository, sha <> '' ORDER BY finished_at, deployment)
)
SELECT lane, position, deployment, service, team, environment, repository, sha, node, finished_at,
  CASE WHEN sha <> '' THEN coalesce(previous, '') ELSE '' END AS previous,
  CASE WHEN sha <> '' THEN coalesce(previous_sha, '') ELSE '' END AS previous_sha,
  CASE
    WHEN sha = '' THEN 'no_sha'
    WHEN node IS NULL THEN 'unknown_commit'
    WHEN previous IS NULL THEN 'first'
    WHEN previous_node IS NULL THEN 'unknown_commit'
    WHEN finished_at - previous_finished_at > (SELECT to_days(longest_gap_days) FROM settings) THEN 'capped'
    ELSE 'range'
  END AS basis
FROM in_order;

CREATE OR REPLACE TEMP TABLE held_ranges AS
SELECT *
FROM (
  SELECT *
  FROM deployment_ranges
  WHERE repository IN (SELECT repository FROM asked_repositories)
  QUALIFY row_number() OVER (
    PARTITION BY deployment, service, repository, environment ORDER BY learned_at DESC, rowid DESC
  ) = 1
)
WHERE holds;

-- From the first deployment of a lane that isn't as it was derived before, all are: what was deployed before them differs.
CREATE OR REPLACE TEMP TABLE lanes AS
SELECT lane, any_value(l.service) AS service, any_value(l.repository) AS repository,
  min(position) FILTER (asked.rules IS DISTINCT FROM derived.rules OR held.deployment IS NULL) AS first_changed
FROM lane_deployments AS l
JOIN asked_repositories AS asked USING (repository)
LEFT JOIN changes_derived AS derived USING (repository)
LEFT JOIN held_ranges AS held
  ON held.deployment = l.deployment AND held.service = l.service AND held.repository = l.repository
    AND held.environment = l.environment AND held.basis = l.basis AND held.previous = l.previous
    AND held.previous_sha = l.previous_sha AND held.sha = l.sha AND held.occurred_at = l.finished_at
GROUP BY lane
HAVING first_changed IS NOT NULL;
