nothing_counted_unmatched AS (SELECT 1 WHERE false)
