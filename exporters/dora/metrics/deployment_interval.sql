nothing_deployment_interval AS (SELECT 1 WHERE false)
