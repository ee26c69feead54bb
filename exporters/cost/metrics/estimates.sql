-- What pull requests were estimated to change, and what they did change, as known at the instant.
-- A pull request is merged when a run on a default branch says so: its commit merges the pull request, or is the one
-- that was estimated. Runs of the last 180 days count.
WITH runs AS (
  SELECT i.ts, e.*
  FROM cost_estimates_known AS e
  JOIN instants AS i ON e.effective_at <= i.ts AND e.committed_at > i.ts - INTERVAL 180 DAY
  QUALIFY row_number() OVER (
    PARTITION BY i.ts, repository, project, workspace, name, pull_request, commit_sha
    ORDER BY learned_at DESC, generated_at DESC
  ) = 1
),
default_runs AS (
  SELECT * FROM runs WHERE on_default_branch
),
-- The newest run of each project of a pull request; where only the merge was estimated, that run.
estimated AS (
  SELECT
    ts, repository, project, workspace, name, pull_request, commit_sha, committed_at, learned_at, currency, monthly,
    change, owner_key, false AS is_merge
  FROM runs
  WHERE pull_request <> ''
  UNION ALL
  SELECT
    ts, repository, project, workspace, name, merges, commit_sha, committed_at, learned_at, currency, monthly, change,
    owner_key, true
  FROM default_runs
  WHERE merges <> ''
),
newest AS (
  SELECT *
  FROM estimated
  QUALIFY row_number() OVER (
    PARTITION BY ts, repository, project, workspace, name, pull_request
    ORDER BY is_merge, committed_at DESC, learned_at DESC, commit_sha
  ) = 1
),
merged AS (
  SELECT ts, repository, pull_request, min(merged_at) AS merged_at
  FROM (
    SELECT ts, repository, merges AS pull_request, committed_at AS merged_at FROM default_runs WHERE merges <> ''
    UNION ALL
    SELECT ts, repository, runs.pull_request, d.committed_at
    FROM runs
    JOIN default_runs AS d USING (ts, repository, commit_sha)
    WHERE runs.pull_request <> ''
  )
  GROUP BY ALL
),
-- What only knows its own total is held against the default branch of its time.
changes AS (
  SELECT
    n.ts, n.repository, n.project, n.pull_request, n.currency, n.owner_key, n.is_merge,
    coalesce(n.change, n.monthly - b.monthly) AS change,
    merged.merged_at, coalesce(merged.merged_at, n.committed_at) AS active_at
  FROM newest AS n
  LEFT JOIN merged USING (ts, repository, pull_request)
  ASOF LEFT JOIN (
    SELECT
      ts, repository, project, workspace, name, currency, committed_at,
      arg_max(monthly, (learned_at, commit_sha)) AS monthly
    FROM default_runs
    WHERE monthly IS NOT NULL
    GROUP BY ALL
  ) AS b
    ON n.ts = b.ts AND n.repository = b.repository AND n.project = b.project AND n.workspace = b.workspace
    AND n.name = b.name AND n.currency = b.currency AND n.committed_at > b.committed_at
),
-- Whose cost it is: as configured, else as ownership rules said of the repository on the day.
of_services AS (
  SELECT
    ts, coalesce(s.team, owners.team, 'unowned') AS team, coalesce(s.service, owners.service, 'unassigned') AS service,
    changes.*
  FROM (
    -- No change is none. A merge that tells its total alone says nothing of the pull request.
    SELECT * FROM changes WHERE change <> 0 OR (change IS NULL AND NOT is_merge)
  ) AS changes
  LEFT JOIN estimate_services AS s ON s.repository = changes.repository AND s.project = changes.project
  LEFT JOIN owners
    ON owners.owner_key = changes.owner_key AND valid_from <= active_at::DATE AND active_at::DATE < valid_to
),
pull_requests AS (
  SELECT
    ts, team, service, repository, pull_request, max(merged_at) AS merged_at, max(active_at) AS active_at,
    max(merged_at)::DATE AS merged_day, bool_and(change IS NOT NULL) AS is_known,
    count(DISTINCT currency) AS currencies, any_value(currency) AS currency
  FROM of_services
  GROUP BY ts, team, service, repository, pull_request
),
overlapping AS (
  SELECT DISTINCT a.ts, a.service, a.repository, a.pull_request, true AS is_overlapped
  FROM pull_requests AS a
  JOIN pull_requests AS b
    ON a.ts = b.ts AND a.service = b.service
    AND (a.repository, a.pull_request) <> (b.repository, b.pull_request)
    AND abs(date_diff('day', a.merged_day, b.merged_day)) <= 17
),
