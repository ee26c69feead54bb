-- A label that is '' is none.
levelled AS (SELECT * REPLACE ('' AS team) FROM standings_at)
