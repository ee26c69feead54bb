nothing_window_quantiles AS (SELECT 1 WHERE false)
