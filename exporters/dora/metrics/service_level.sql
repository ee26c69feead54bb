nothing_service_level AS (SELECT 1 WHERE false)
