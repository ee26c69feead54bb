levelled AS (FROM at_risk)
