nothing_window_ratios AS (SELECT 1 WHERE false)
