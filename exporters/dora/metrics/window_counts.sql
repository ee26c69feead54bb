nothing_window_counts AS (SELECT 1 WHERE false)
