nothing_lead_times AS (SELECT 1 WHERE false)
