levelled AS (SELECT * REPLACE ('' AS team) FROM standings)
