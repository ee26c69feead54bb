nothing_change_lead_time AS (SELECT 1 WHERE false)
