-- A label that is '' is none.
levelled AS (SELECT * REPLACE ('' AS service, '' AS environment) FROM at_risk)
