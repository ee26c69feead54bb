observed AS (
  SELECT {'team': team, 'service': service, 'pipeline': pipeline} AS labels, seconds, effective_at
  FROM finished_pipeline_runs_known
  WHERE seconds IS NOT NULL
)
