-- The 90 days before the last 30.
windows AS (SELECT '' AS "window", INTERVAL 30 DAY AS begins, INTERVAL 120 DAY AS ends)
