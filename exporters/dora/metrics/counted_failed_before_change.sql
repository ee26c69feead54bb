nothing_counted_failed_before_change AS (SELECT 1 WHERE false)
