-- Services beyond those of the most violations are one of each team.
places AS (
  SELECT ts, team, service, row_number() OVER (PARTITION BY ts ORDER BY count(*) DESC, team, service) AS place
  FROM episodes
  GROUP BY ts, team, service
)
