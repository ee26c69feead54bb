-- Successful deployments of the last 30 days: each is of a commit, and a pipeline made it, one of those that are declared.
-- A tag of a repository (SOURCE:REPOSITORY@TAG) doesn't tell what deployed it, so that nothing is known of it.
recent AS (
  SELECT
    i.ts, d.team, d.service, d.environment, p.task,
    p.sha <> '' AND p.task <> '' AND (
      NOT EXISTS (FROM dora_settings WHERE starts_with(name, 'pipeline:'))
      OR EXISTS (FROM dora_settings AS s WHERE starts_with(s.name, 'pipeline:') AND lower(p.task) GLOB lower(s.name[10:]))
    ) AS is_declared
  FROM deployment_spans AS d
  JOIN instants AS i ON i.ts >= d.from_at AND i.ts < d.until_at AND d.finished_at <= i.ts
    AND d.finished_at > i.ts - INTERVAL 30 DAY
  JOIN (
    SELECT deployment, service, arg_max(task, learned_at) AS task, arg_max(sha, learned_at) AS sha,
      arg_max(repository, learned_at) AS repository, arg_max(ref, learned_at) AS ref
    FROM production_deployments_known
    GROUP BY ALL
  ) AS p USING (deployment, service)
  WHERE d.outcome = 'success' AND d.service NOT IN ('', 'unassigned')
    AND NOT (p.task = '' AND contains(deployment, concat(':', p.repository, '@', p.ref)))
)
