-- Repositories with pipelines or deployments whose services are nobody's.
seen_repositories AS (
  SELECT repository, team, effective_at, occurred_at FROM finished_pipeline_runs_known
  UNION ALL
  SELECT repository, team, effective_at, occurred_at FROM production_deployments_known
),
reduced AS (
  SELECT i.ts AS from_at, repository, min(occurred_at) AS first_at, max(occurred_at) AS last_at,
    arg_max(team, occurred_at) AS team
  FROM seen_repositories AS s
  ASOF JOIN instants AS i ON s.effective_at <= i.ts
  WHERE repository <> ''
  GROUP BY ALL
),
standing AS (
  SELECT i.ts, r.repository, min(r.first_at) AS since, max(r.last_at) AS last_at, arg_max(r.team, r.last_at) AS team
  FROM reduced AS r
  JOIN instants AS i ON r.from_at <= i.ts
  GROUP BY ALL
)
