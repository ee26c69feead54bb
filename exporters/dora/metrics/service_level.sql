levelled AS (FROM counted)
