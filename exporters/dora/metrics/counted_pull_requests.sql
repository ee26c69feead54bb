nothing_counted_pull_requests AS (SELECT 1 WHERE false)
