-- What is listed, in the order that was asked for. A finding that was never open but excepted is as old as it is known.
listed AS (
  SELECT
    finding, a.engine, a.policy, coalesce(r.requirement, 'other') AS requirement, a.severity, a.enforcement, a.state,
    CASE WHEN a.state = 'unknown' AND a.reason = '' THEN 'stale' ELSE a.reason END AS reason, a.team, a.service,
    a.environment, a.scope, coalesce(a.opened_at, a.first_seen_at) AS opened_at, a.first_seen_at, a.last_seen_at,
    CASE WHEN $sort = 'severity'
      THEN list_position(['critical', 'high', 'medium', 'low', 'info', 'unknown'], a.severity) ELSE 0 END AS rank
  FROM findings_at AS a
  LEFT JOIN policy_rules AS r USING (engine, policy)
)
