nothing_counted_lead_times AS (SELECT 1 WHERE false)
