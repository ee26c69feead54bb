-- Deployments of a repository that may still change: without an end and not older than $since, or among the newest ten
-- that have succeeded in their environment and are not superseded. With what to ask GitHub for, newest first.
WITH latest AS (
  SELECT deployment, arg_max(environment, (updated_at, learned_at)) AS environment, min(created_at) AS created_at
  FROM deployments WHERE source = $source AND repository = $repository
  GROUP BY deployment
), told AS (
  SELECT deployment, bool_or(status = 'success') AS has_succeeded,
    bool_or(status IN ('inactive', 'failure', 'cancelled')) AS is_over, count(DISTINCT (status, occurred_at)) AS known
  FROM deployment_statuses WHERE source = $source
  GROUP BY deployment
), ranked AS (
  SELECT deployment, created_at, coalesce(has_succeeded, false) AS has_succeeded, coalesce(is_over, false) AS is_over,
    coalesce(known, 0) AS known,
    row_number() OVER (PARTITION BY environment, coalesce(has_succeeded, false) ORDER BY created_at DESC) AS nth
  FROM latest LEFT JOIN told USING (deployment)
)
SELECT r.deployment, r.known, p.body
FROM ranked AS r
JOIN github_parts AS p
  ON p.source = $source AND p.kind = 'deployment' AND p.part = 'read' AND p.thing = r.deployment
WHERE NOT r.is_over AND (r.has_succeeded AND r.nth <= 10 OR NOT r.has_succeeded AND r.created_at > $since::TIMESTAMP)
ORDER BY r.created_at DESC
LIMIT $most::BIGINT
