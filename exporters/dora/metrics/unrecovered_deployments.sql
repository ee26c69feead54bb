nothing_unrecovered_deployments AS (SELECT 1 WHERE false)
