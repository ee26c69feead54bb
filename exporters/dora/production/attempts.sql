-- Deployments of attempts_to_derive that have ended, after all that has been said of them. The last end holds: a
-- success that turns out a failure is one, and its time is when that was first said; inactive is no end.
WITH statuses AS (
  SELECT source, deployment, status, occurred_at
  FROM (SELECT DISTINCT source, deployment, status, occurred_at FROM deployment_statuses)
  SEMI JOIN attempts_to_derive USING (source, deployment)
),
ends AS (
  SELECT
    source, deployment,
    arg_max(status, (occurred_at, status = 'success', status)) FILTER (status IN ('success', 'failure', 'cancelled')) AS outcome,
    min(occurred_at) FILTER (status = 'running') AS running_at
  FROM statuses
  GROUP BY ALL
  HAVING outcome IS NOT NULL
),
finished AS (
  SELECT
    source, deployment, any_value(outcome) AS outcome, any_value(running_at) AS running_at,
    min(occurred_at) FILTER (status = outcome AND occurred_at >= coalesce(otherwise_at, occurred_at)) AS finished_at
  FROM (
    SELECT
      statuses.*, outcome, running_at,
      max(occurred_at) FILTER (status IN ('success', 'failure', 'cancelled') AND status <> outcome)
        OVER (PARTITION BY source, deployment) AS otherwise_at
    FROM statuses
    JOIN ends USING (source, deployment)
  )
  GROUP BY ALL
)
SELECT
  source || ':' || deployment AS name, repository, environment, sha, ref, version, service, team, task, labels, url,
  changed_production, is_planned, incident, rolls_back_to, outcome,
  least(coalesce(running_at, created_at), finished_at) AS started_at, finished_at
FROM (
  SELECT * FROM deployments
  SEMI JOIN attempts_to_derive USING (source, deployment)
  QUALIFY row_number() OVER (PARTITION BY source, deployment ORDER BY updated_at DESC, learned_at DESC, deployments DESC) = 1
)
JOIN finished USING (source, deployment)
WHERE repository IN (FROM derived_repositories)
