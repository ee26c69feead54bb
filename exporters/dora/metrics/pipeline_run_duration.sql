nothing_pipeline_run_duration AS (SELECT 1 WHERE false)
