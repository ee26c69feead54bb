-- A label that is '' is none.
levelled AS (SELECT * REPLACE ('' AS team, '' AS service) FROM episodes)
