nothing_oldest_unrecovered AS (SELECT 1 WHERE false)
