levelled AS (FROM standings)
