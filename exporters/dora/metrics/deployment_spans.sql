nothing_deployment_spans AS (SELECT 1 WHERE false)
