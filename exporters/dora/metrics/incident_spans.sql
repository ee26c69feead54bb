nothing_incident_spans AS (SELECT 1 WHERE false)
