SELECT
  c.service, c.team, c."check", k.title, c.state, c.since, array_to_string(c.evidence, '; ') AS detail, k.level,
  c.weight, c.is_required, c.exempt_until, c.repository, k.link, count(*) OVER () AS total
FROM checks_at AS c
JOIN scorecard_checks AS k ON k.id = c."check"
WHERE ($teams IS NULL OR list_contains(from_json($teams, '["VARCHAR"]'), c.team))
  AND ($services IS NULL OR list_contains(from_json($services, '["VARCHAR"]'), c.service))
  AND ($checks IS NULL OR list_contains(from_json($checks, '["VARCHAR"]'), c."check"))
  AND ($states IS NULL OR list_contains(from_json($states, '["VARCHAR"]'), c.state))
  AND ($levels IS NULL OR list_contains(from_json($levels, '["VARCHAR"]'), k.level))
  AND ($required IS NULL OR c.is_required = $required)
  AND ($own IS NULL OR c.team IN ($own, 'unowned'))
ORDER BY
  list_position(['fail', 'not_measured', 'exempt', 'pass'], c.state), k.level_rank, c.weight DESC, c.service, c."check"
LIMIT $limit OFFSET $offset
