nothing_restored AS (SELECT 1 WHERE false)
