-- What the parameters that all lists have leave of what is listed.
wanted_by_all AS (
  SELECT *
  FROM listed
  WHERE ($teams IS NULL OR list_contains(from_json($teams, '["VARCHAR"]'), team))
    AND ($own IS NULL OR team IN ($own, 'unowned'))
    AND ($services IS NULL OR list_contains(from_json($services, '["VARCHAR"]'), service))
    AND ($environments IS NULL OR list_contains(from_json($environments, '["VARCHAR"]'), environment))
    AND ($scopes IS NULL OR list_contains(from_json($scopes, '["VARCHAR"]'), scope))
    AND ($severities IS NULL OR list_contains(from_json($severities, '["VARCHAR"]'), severity))
    AND ($states IS NULL OR list_contains(from_json($states, '["VARCHAR"]'), state))
    AND opened_at <= $now::TIMESTAMP - to_seconds($min_age_days::DOUBLE * 86400)
)
