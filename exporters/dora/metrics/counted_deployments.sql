nothing_counted_deployments AS (SELECT 1 WHERE false)
