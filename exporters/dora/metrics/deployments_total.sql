nothing_deployments_total AS (SELECT 1 WHERE false)
