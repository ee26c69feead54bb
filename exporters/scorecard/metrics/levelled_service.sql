levelled AS (FROM standings SEMI JOIN named USING (moment, team, service))
