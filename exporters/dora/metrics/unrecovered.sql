nothing_unrecovered AS (SELECT 1 WHERE false)
