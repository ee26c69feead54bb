nothing_pull_request_spans AS (SELECT 1 WHERE false)
