SELECT
  moment AS ts, team,
  CASE WHEN unmeasured = 0 THEN 'measured' WHEN passed + failed > 0 THEN 'partial' ELSE 'unmeasured' END AS coverage,
  count(*) AS value
FROM standings
GROUP BY ALL
