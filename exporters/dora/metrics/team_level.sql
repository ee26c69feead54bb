nothing_team_level AS (SELECT 1 WHERE false)
