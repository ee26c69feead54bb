nothing_counted_change_deployments AS (SELECT 1 WHERE false)
