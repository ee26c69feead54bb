nothing_recovered AS (SELECT 1 WHERE false)
