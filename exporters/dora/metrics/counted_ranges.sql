nothing_counted_ranges AS (SELECT 1 WHERE false)
