WITH steps AS (
  SELECT i.ts, team, service, pipeline, outcome, count(*) AS n
  FROM finished_pipeline_runs_known AS r
  ASOF JOIN instants AS i ON r.effective_at <= i.ts
  GROUP BY ALL
)
SELECT
  i.ts, s.team, s.service, s.pipeline, s.outcome,
  sum(n) OVER (PARTITION BY s.team, s.service, s.pipeline, s.outcome ORDER BY i.ts) AS value
FROM instants AS i
CROSS JOIN (SELECT DISTINCT team, service, pipeline, outcome FROM steps) AS s
LEFT JOIN steps USING (ts, team, service, pipeline, outcome)
