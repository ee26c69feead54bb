nothing_counted_incidents AS (SELECT 1 WHERE false)
