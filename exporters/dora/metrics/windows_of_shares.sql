nothing_windows_of_shares AS (SELECT 1 WHERE false)
