-- What is listed, and where the page begins: what the parameters leave, in the order that was asked for. A finding that
-- was never open but excepted is as old as it is known.
listed AS (
  SELECT
    finding, a.engine, a.policy, coalesce(r.requirement, 'other') AS requirement, a.severity, a.enforcement, a.state,
    CASE WHEN a.state = 'unknown' AND a.reason = '' THEN 'stale' ELSE a.reason END AS reason, a.team, a.service,
    a.environment, a.scope, coalesce(a.opened_at, a.first_seen_at) AS opened_at, a.first_seen_at, a.last_seen_at,
    CASE WHEN $sort = 'severity'
      THEN list_position(['critical', 'high', 'medium', 'low', 'info', 'unknown'], a.severity) ELSE 0 END AS rank
  FROM findings_at AS a
  LEFT JOIN policy_rules AS r USING (engine, policy)
),
wanted AS (
  SELECT *
  FROM listed
  WHERE ($teams IS NULL OR list_contains(from_json($teams, '["VARCHAR"]'), team))
    AND ($own IS NULL OR team IN ($own, 'unowned'))
    AND ($services IS NULL OR list_contains(from_json($services, '["VARCHAR"]'), service))
    AND ($environments IS NULL OR list_contains(from_json($environments, '["VARCHAR"]'), environment))
    AND ($engines IS NULL OR list_contains(from_json($engines, '["VARCHAR"]'), engine))
    AND ($policies IS NULL OR list_contains(from_json($policies, '["VARCHAR"]'), policy))
    AND ($scopes IS NULL OR list_contains(from_json($scopes, '["VARCHAR"]'), scope))
    AND ($requirements IS NULL OR list_contains(from_json($requirements, '["VARCHAR"]'), requirement))
    AND ($severities IS NULL OR list_contains(from_json($severities, '["VARCHAR"]'), severity))
    AND ($enforcements IS NULL OR list_contains(from_json($enforcements, '["VARCHAR"]'), enforcement))
    AND ($states IS NULL OR list_contains(from_json($states, '["VARCHAR"]'), state))
    AND opened_at <= $now::TIMESTAMP - to_seconds($min_age_days::DOUBLE * 86400)
)
