levelled AS (FROM measured)
