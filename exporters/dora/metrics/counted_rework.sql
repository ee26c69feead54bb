nothing_counted_rework AS (SELECT 1 WHERE false)
