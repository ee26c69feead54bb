nothing_shares_rework AS (SELECT 1 WHERE false)
