levelled AS (FROM standings_at)
