nothing_window_days AS (SELECT 1 WHERE false)
