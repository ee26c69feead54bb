nothing_shares_failed AS (SELECT 1 WHERE false)
