nothing_counted_stages AS (SELECT 1 WHERE false)
