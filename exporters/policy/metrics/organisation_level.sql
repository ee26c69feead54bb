-- A label that is '' is none.
levelled AS (SELECT * REPLACE ('' AS team, '' AS service, '' AS environment) FROM at_risk)
