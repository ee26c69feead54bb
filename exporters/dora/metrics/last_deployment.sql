nothing_last_deployment AS (SELECT 1 WHERE false)
