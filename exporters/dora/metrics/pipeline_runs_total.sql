-- Few times stand for many runs; see seen.sql.
WITH seen AS (
  SELECT t.effective_at, i.ts
  FROM (SELECT DISTINCT effective_at FROM finished_pipeline_runs_known) AS t
  ASOF JOIN instants AS i ON t.effective_at <= i.ts
),
steps AS (
  SELECT seen.ts, team, service, pipeline, outcome, count(*) AS n
  FROM finished_pipeline_runs_known
  JOIN seen USING (effective_at)
  GROUP BY ALL
)
SELECT
  i.ts, s.team, s.service, s.pipeline, s.outcome,
  sum(n) OVER (PARTITION BY s.team, s.service, s.pipeline, s.outcome ORDER BY i.ts) AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, service, pipeline, outcome FROM steps) AS s
LEFT JOIN steps USING (ts, team, service, pipeline, outcome)
