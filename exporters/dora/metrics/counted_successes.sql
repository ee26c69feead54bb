nothing_counted_successes AS (SELECT 1 WHERE false)
