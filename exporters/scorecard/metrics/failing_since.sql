SELECT c.moment AS ts, c.team, c.service, c."check", epoch(c.since) AS value
FROM checks_at AS c
SEMI JOIN named USING (moment, team, service)
WHERE c.state = 'fail' AND c.since IS NOT NULL
