nothing_counted_withdrawn AS (SELECT 1 WHERE false)
