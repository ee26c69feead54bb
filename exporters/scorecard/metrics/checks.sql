SELECT
  c.moment AS ts, c.team, CASE WHEN n.service IS NULL THEN 'other' ELSE c.service END AS service, c."check", c.state,
  count(*) AS value
FROM checks_at AS c
LEFT JOIN named AS n USING (moment, team, service)
GROUP BY ALL
