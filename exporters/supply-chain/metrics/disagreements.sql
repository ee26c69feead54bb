SELECT ts, team, scanner, verdict, sum(n)::BIGINT AS value
FROM (
  SELECT ts, team, scanner, 'alone' AS verdict, alone AS n FROM disagreements_owned
  UNION ALL
  SELECT ts, team, scanner, 'missed', missed FROM disagreements_owned
)
GROUP BY ALL
