SELECT *
FROM (
  SELECT state, enforcement, team, service, environment, count(*) AS n, min(opened_at) AS oldest
  FROM findings_at
  WHERE engine = $engine AND policy = $policy
  GROUP BY ALL
)
ORDER BY list_position(['open', 'unknown', 'excepted'], state), n DESC, team, service, environment, enforcement
LIMIT 20
