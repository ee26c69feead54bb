nothing_windows AS (SELECT 1 WHERE false)
