nothing_pipeline_runs_total AS (SELECT 1 WHERE false)
