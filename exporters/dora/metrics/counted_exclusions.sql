nothing_counted_exclusions AS (SELECT 1 WHERE false)
