-- The deployments of the lanes in `judged_lanes`, with what they bring that says something of others. Reads the temporary
-- table hotfix_patterns (kind, pattern): patterns of LIKE for labels and branches in lower case.
WITH lane_deployments AS (
  SELECT * FROM production_deployments
  SEMI JOIN judged_lanes USING (service, environment)
  QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC) = 1
),
changes AS (
  SELECT deployment, service, environment, repository, sha, excluded
  FROM (
    SELECT * FROM deployed_changes
    SEMI JOIN judged_lanes USING (service, environment)
    QUALIFY row_number() OVER (PARTITION BY deployment, service, environment, repository, sha ORDER BY learned_at DESC) = 1
  )
  WHERE holds
),
pull_requests_there AS (
  SELECT deployment, service, environment, repository, number
  FROM (
    SELECT * FROM deployed_pull_requests
    SEMI JOIN judged_lanes USING (service, environment)
    QUALIFY row_number() OVER (PARTITION BY deployment, service, repository, number ORDER BY learned_at DESC) = 1
  )
  WHERE holds
),
pull_requests_now AS (
  SELECT repository, number, reverts, labels, head
  FROM pull_requests
  SEMI JOIN pull_requests_there USING (repository, number)
  QUALIFY row_number() OVER (PARTITION BY repository, number ORDER BY updated_at DESC, learned_at DESC) = 1
),
reverting_commits AS (
  SELECT repository, sha, unnest(string_split(reverts, ' ')) AS reverted FROM commits WHERE reverts <> ''
),
-- Two tables at a time: of three that all have the repository, DuckDB may pair whatever is of one repository.
reverting_changes AS MATERIALIZED (
  SELECT c.deployment, c.service, c.environment, repository, sha, r.reverted
  FROM reverting_commits AS r
  JOIN changes AS c USING (repository, sha)
  WHERE c.excluded <> 'deployed_before'
),
reverting_pull_requests AS MATERIALIZED (
  SELECT t.deployment, t.service, t.environment, repository, number, r.reverts AS reverted
  FROM pull_requests_now AS r
  JOIN pull_requests_there AS t USING (repository, number)
  WHERE r.reverts IS NOT NULL
),
-- What brought the pull requests that messages name by their number: as such, or by a commit that is of it.
reverted_numbers AS MATERIALIZED (
  SELECT DISTINCT repository, try_cast(reverted[2:] AS BIGINT) AS number FROM reverting_changes WHERE reverted[1] = '#'
),
numbered_commits AS MATERIALIZED (
  SELECT repository, sha, pull_request AS number
  FROM commits
  SEMI JOIN reverted_numbers AS r ON r.repository = commits.repository AND r.number = commits.pull_request
  WHERE reverts = ''
),
numbered AS (
  SELECT deployment, service, environment, repository, number
  FROM pull_requests_there
  SEMI JOIN reverted_numbers USING (repository, number)
  UNION
  SELECT c.deployment, c.service, c.environment, repository, number
  FROM numbered_commits
  JOIN changes AS c USING (repository, sha)
  WHERE c.excluded <> 'deployed_before'
),
-- To revert a revert is to try again, and says nothing of the deployment that brought it.
reverts AS (
  SELECT mending.deployment, mending.service, broken.deployment AS reverted_deployment,
    min('commit ' || mending.sha[:12] || ' reverts ' || broken.sha[:12]) AS what
  FROM reverting_changes AS mending
  JOIN changes AS broken
    ON broken.repository = mending.repository AND broken.service = mending.service
    AND broken.environment = mending.environment
    AND broken.sha[:7] = mending.reverted[:7] AND starts_with(broken.sha, mending.reverted)
  WHERE broken.deployment <> mending.deployment AND broken.excluded <> 'deployed_before'
    AND (broken.repository, broken.sha) NOT IN (SELECT (repository, sha) FROM reverting_commits)
  GROUP BY ALL
  UNION
  SELECT mending.deployment, mending.service, broken.deployment,
    min('commit ' || mending.sha[:12] || ' reverts ' || mending.repository || mending.reverted)
  FROM reverting_changes AS mending
  JOIN numbered AS broken
    ON broken.repository = mending.repository AND '#' || broken.number = mending.reverted
    AND broken.service = mending.service AND broken.environment = mending.environment
  WHERE broken.deployment <> mending.deployment
    AND (broken.repository, broken.number) NOT IN (
      SELECT (repository, number) FROM pull_requests_now WHERE reverts IS NOT NULL
      UNION
      SELECT (repository, pull_request) FROM commits WHERE reverts <> '' AND pull_request IS NOT NULL
    )
  GROUP BY ALL
  UNION
  SELECT mending.deployment, mending.service, broken.deployment,
    min('pull request ' || mending.repository || '#' || mending.number || ' reverts #' || broken.number)
  FROM reverting_pull_requests AS mending
  JOIN pull_requests_there AS broken
    ON broken.repository = mending.repository AND broken.number = mending.reverted
    AND broken.service = mending.service AND broken.environment = mending.environment
  WHERE broken.deployment <> mending.deployment
    AND (broken.repository, broken.number) NOT IN (
      SELECT (repository, number) FROM pull_requests_now WHERE reverts IS NOT NULL
    )
  GROUP BY ALL
),
hotfixes AS (
  SELECT deployment, service, min(what) FILTER (what <> '') AS what
  FROM (
    SELECT
      deployment, service,
      CASE
        WHEN EXISTS (
          FROM (SELECT unnest(labels) AS label), hotfix_patterns
          WHERE kind = 'label' AND lower(label) LIKE pattern ESCAPE '\'
        ) THEN 'a label of ' || repository || '#' || number
        WHEN EXISTS (FROM hotfix_patterns WHERE kind = 'branch' AND lower(head) LIKE pattern ESCAPE '\')
          THEN 'the branch of ' || repository || '#' || number
        ELSE ''
      END AS what
    FROM pull_requests_there
    JOIN pull_requests_now USING (repository, number)
  )
  GROUP BY ALL
  -- A release that brings one among many is planned.
  HAVING count(*) FILTER (what <> '') * 2 >= count(*)
),
picked AS (
  SELECT deployment, service
  FROM changes
  LEFT JOIN commits USING (repository, sha)
  WHERE excluded NOT IN ('merge', 'deployed_before')
  GROUP BY ALL
  HAVING bool_and(coalesce(commits.picked_from, '') <> '')
)
SELECT
  d.deployment, d.service, d.environment, d.team, d.repository, d.sha, d.version, d.ref, d.labels, d.outcome,
  d.changed_production, d.is_planned, d.incident, d.rolls_back_to, d.started_at, d.finished_at,
  coalesce((
    SELECT list({'deployment': r.reverted_deployment, 'what': r.what} ORDER BY r.reverted_deployment)
    FROM reverts AS r
    WHERE r.deployment = d.deployment AND r.service = d.service
  ), []) AS reverts,
  coalesce(h.what, '') AS hotfix, picked.deployment IS NOT NULL AS is_picked
FROM lane_deployments AS d
LEFT JOIN hotfixes AS h USING (deployment, service)
LEFT JOIN picked USING (deployment, service)
WHERE d.outcome <> ''
