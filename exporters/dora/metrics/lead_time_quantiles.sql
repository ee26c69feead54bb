nothing_lead_time_quantiles AS (SELECT 1 WHERE false)
