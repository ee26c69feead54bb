nothing_counted_failed AS (SELECT 1 WHERE false)
