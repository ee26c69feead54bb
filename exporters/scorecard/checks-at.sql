SELECT
  c.moment AS ts, c.team, c.service, c."check", k.title, k.link, c.repository, c.state, c.since,
  array_to_string(c.evidence, '; ') AS detail, c.weight
FROM checks_at AS c
JOIN scorecard_checks AS k ON k.id = c."check"
