-- A label that is '' is none.
levelled AS (SELECT * REPLACE ('' AS service) FROM episodes)
