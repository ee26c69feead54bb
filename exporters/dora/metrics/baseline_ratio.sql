nothing_baseline_ratio AS (SELECT 1 WHERE false)
