-- Writes what differs from what was derived before. Reads lane_deployments, held_ranges and lanes of lanes.sql, settings
-- (derived_at), bots (pattern), path_lanes (lane, service), and what the walk has found: found_ranges (lane, position,
-- basis, commits, merges) and found_commits (lane, position, node, is_fresh).

CREATE OR REPLACE TEMP TABLE wanted_ranges AS
SELECT l.deployment, l.service, l.repository, l.environment, found.basis, l.previous, l.previous_sha, l.sha,
  found.commits, found.merges, l.finished_at AS occurred_at
FROM found_ranges AS found
JOIN lane_deployments AS l USING (lane, position);

-- Deployments that are no longer there, or are none any more.
CREATE OR REPLACE TEMP TABLE gone_ranges AS
SELECT held.*
FROM held_ranges AS held
WHERE NOT EXISTS (
  FROM lane_deployments AS l
  WHERE l.deployment = held.deployment AND l.service = held.service AND l.repository = held.repository
    AND l.environment = held.environment
);

-- What may have changed of changes that stand: the pull request, which may come to be known later, and the team.
CREATE OR REPLACE TEMP TABLE touched_commits AS
WITH numbers AS (
  SELECT p.repository, p.number
  FROM pull_requests AS p
  JOIN changes_derived AS d ON d.repository = p.repository AND p.learned_at >= d.learned_at
  UNION
  SELECT p.repository, p.number
  FROM pull_request_commits AS p
  JOIN changes_derived AS d ON d.repository = p.repository AND p.learned_at >= d.learned_at
)
SELECT repository, merge_sha AS sha FROM pull_requests JOIN numbers USING (repository, number) WHERE merge_sha <> ''
UNION
SELECT c.repository, c.sha FROM commits AS c JOIN numbers AS n ON n.repository = c.repository AND n.number = c.pull_request;

CREATE OR REPLACE TEMP TABLE touched_deployments AS
SELECT DISTINCT l.deployment, l.service, l.repository, l.environment, l.team, l.finished_at
FROM lane_deployments AS l
JOIN changes_derived AS d USING (repository)
JOIN production_deployments AS p
  ON p.deployment = l.deployment AND p.service = l.service AND p.learned_at >= d.learned_at;

-- Only the changes of these are looked at.
CREATE OR REPLACE TEMP TABLE scope AS
SELECT DISTINCT deployment, service, repository, environment, true AS is_anew FROM wanted_ranges
UNION
SELECT deployment, service, repository, environment, true FROM gone_ranges;

CREATE OR REPLACE TEMP TABLE held_changes AS
SELECT *
FROM (
  SELECT *
  FROM deployed_changes AS c
  WHERE repository IN (SELECT repository FROM asked_repositories)
    AND (
      deployment IN (SELECT deployment FROM scope)
      OR deployment IN (SELECT deployment FROM touched_deployments)
      OR sha IN (SELECT sha FROM touched_commits)
    )
  QUALIFY row_number() OVER (
    PARTITION BY deployment, service, environment, repository, sha ORDER BY learned_at DESC, rowid DESC
  ) = 1
)
WHERE holds;

-- A service with paths has the commits that touch one of them; one whose paths nobody has read may be anyone's.
DELETE FROM found_commits AS found
WHERE lane IN (SELECT lane FROM path_lanes)
  AND node IN (SELECT c.node FROM commits AS c JOIN commit_services AS s USING (repository, sha))
  AND NOT EXISTS (
    FROM commits AS c
    JOIN commit_services AS s ON s.repository = c.repository AND s.sha = c.sha
    JOIN path_lanes AS p ON p.service = s.service
    WHERE p.lane = found.lane AND c.node = found.node
  );

CREATE OR REPLACE TEMP TABLE asked_changes AS
SELECT l.deployment, l.service, l.team, l.environment, l.repository, l.finished_at, c.sha, c.authored_at, c.committed_at,
  contains(c.parents, ' ') AS is_merge, c.author_name, c.author_email, c.pull_request, found.is_fresh
FROM found_commits AS found
JOIN lane_deployments AS l USING (lane, position)
JOIN commits AS c ON c.node = found.node
UNION ALL
SELECT l.deployment, l.service, l.team, l.environment, l.repository, l.finished_at, c.sha, c.authored_at, c.committed_at,
  contains(c.parents, ' '), c.author_name, c.author_email, c.pull_request, held.excluded <> 'deployed_before'
FROM held_changes AS held
JOIN lane_deployments AS l USING (deployment, service, repository, environment)
JOIN commits AS c ON c.repository = held.repository AND c.sha = held.sha
WHERE NOT EXISTS (
  FROM scope AS s
  WHERE s.deployment = held.deployment AND s.service = held.service AND s.repository = held.repository
    AND s.environment = held.environment
);

CREATE OR REPLACE TEMP TABLE squashes AS
WITH single AS (
  SELECT DISTINCT repository, sha, authored_at, pull_request FROM asked_changes WHERE NOT is_merge
),
pulls AS (
  SELECT repository, number, merge_sha, first_commit_at
  FROM pull_requests AS p
  WHERE repository IN (SELECT repository FROM asked_repositories)
    AND (merge_sha IN (SELECT sha FROM single) OR number IN (SELECT pull_request FROM single))
  QUALIFY state = 'merged'
    AND row_number() OVER (PARTITION BY source, repository, number ORDER BY updated_at DESC, learned_at DESC, rowid DESC) = 1
),
theirs AS (
  SELECT p.repository, p.number, min(c.authored_at) AS first_at, list(c.authored_at) AS dates
  FROM pull_request_commits AS c
  JOIN (SELECT DISTINCT repository, number FROM pulls) AS p ON p.repository = c.repository AND p.number = c.number
  GROUP BY ALL
)
-- A commit with the very date of one of the pull request's commits is that commit, rebased, and no squash of all.
SELECT single.repository, single.sha, min(least(single.authored_at, pulls.first_commit_at, theirs.first_at)) AS clock_at
FROM single
JOIN pulls ON pulls.repository = single.repository
  AND (pulls.merge_sha = single.sha OR (pulls.merge_sha = '' AND pulls.number = single.pull_request))
LEFT JOIN theirs ON theirs.repository = pulls.repository AND theirs.number = pulls.number
WHERE NOT coalesce(list_contains(theirs.dates, single.authored_at), false)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE bot_authors AS
SELECT DISTINCT author_name, author_email
FROM (SELECT DISTINCT author_name, author_email FROM asked_changes) AS authors
JOIN bots ON author_name ILIKE bots.pattern ESCAPE '\' OR author_email ILIKE bots.pattern ESCAPE '\';

CREATE OR REPLACE TEMP TABLE wanted_changes AS
SELECT asked.deployment, asked.service, asked.team, asked.environment, asked.repository, asked.sha,
  coalesce(squashes.clock_at, asked.authored_at) AS clock_at, asked.committed_at,
  CASE
    WHEN is_merge THEN 'merge'
    WHEN NOT is_fresh THEN 'deployed_before'
    WHEN bot_authors.author_name IS NOT NULL THEN 'bot'
    WHEN coalesce(squashes.clock_at, asked.authored_at) IS NULL OR asked.committed_at IS NULL THEN 'no_date'
    WHEN greatest(coalesce(squashes.clock_at, asked.authored_at), asked.committed_at) > asked.finished_at
      THEN 'after_deployment'
    ELSE ''
  END AS excluded,
  asked.finished_at AS occurred_at
FROM asked_changes AS asked
LEFT JOIN squashes ON squashes.repository = asked.repository AND squashes.sha = asked.sha
LEFT JOIN bot_authors ON bot_authors.author_name = asked.author_name AND bot_authors.author_email = asked.author_email;

-- A row after another of the same change is later than it, also within one instant of our clock.
INSERT INTO deployment_ranges BY NAME
SELECT wanted.*, true AS holds,
  greatest((SELECT derived_at FROM settings), coalesce(before.learned_at + INTERVAL 1 MICROSECOND, (SELECT derived_at FROM settings))) AS learned_at
FROM wanted_ranges AS wanted
LEFT JOIN (
  SELECT deployment, service, repository, environment, max(learned_at) AS learned_at
  FROM deployment_ranges WHERE repository IN (SELECT repository FROM asked_repositories) GROUP BY ALL
) AS before USING (deployment, service, repository, environment)
WHERE NOT EXISTS (
  FROM held_ranges AS held
  WHERE held.deployment = wanted.deployment AND held.service = wanted.service AND held.repository = wanted.repository
    AND held.environment = wanted.environment AND held.basis = wanted.basis AND held.previous = wanted.previous
    AND held.previous_sha = wanted.previous_sha AND held.sha = wanted.sha AND held.commits = wanted.commits
    AND held.merges = wanted.merges AND held.occurred_at = wanted.occurred_at
);
INSERT INTO deployment_ranges BY NAME
SELECT gone.* REPLACE (
  false AS holds, greatest((SELECT derived_at FROM settings), gone.learned_at + INTERVAL 1 MICROSECOND) AS learned_at
)
FROM gone_ranges AS gone;

-- Of changes that were taken back once too.
CREATE OR REPLACE TEMP TABLE earlier_changes AS
SELECT deployment, service, environment, repository, sha, max(learned_at) AS learned_at
FROM deployed_changes
WHERE repository IN (SELECT repository FROM asked_repositories)
  AND deployment IN (SELECT deployment FROM wanted_changes)
GROUP BY ALL;
INSERT INTO deployed_changes BY NAME
SELECT wanted.*, true AS holds,
  greatest((SELECT derived_at FROM settings), coalesce(before.learned_at + INTERVAL 1 MICROSECOND, (SELECT derived_at FROM settings))) AS learned_at
FROM wanted_changes AS wanted
LEFT JOIN earlier_changes AS before USING (deployment, service, environment, repository, sha)
WHERE NOT EXISTS (
  FROM held_changes AS held
  WHERE held.deployment = wanted.deployment AND held.service = wanted.service AND held.team = wanted.team
    AND held.environment = wanted.environment AND held.repository = wanted.repository AND held.sha = wanted.sha
    AND held.clock_at IS NOT DISTINCT FROM wanted.clock_at
    AND held.committed_at IS NOT DISTINCT FROM wanted.committed_at
    AND held.excluded = wanted.excluded AND held.occurred_at = wanted.occurred_at
);
INSERT INTO deployed_changes BY NAME
SELECT held.* REPLACE (
  false AS holds, greatest((SELECT derived_at FROM settings), held.learned_at + INTERVAL 1 MICROSECOND) AS learned_at
)
FROM held_changes AS held
JOIN scope USING (deployment, service, repository, environment)
WHERE NOT EXISTS (
  FROM wanted_changes AS wanted
  WHERE wanted.deployment = held.deployment AND wanted.service = held.service AND wanted.environment = held.environment
    AND wanted.repository = held.repository AND wanted.sha = held.sha
);
