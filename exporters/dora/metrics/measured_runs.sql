measured AS (SELECT team, service, pipeline, seconds, effective_at FROM finished_pipeline_runs_known)
