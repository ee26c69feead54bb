nothing_pull_request_stage AS (SELECT 1 WHERE false)
