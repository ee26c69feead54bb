-- What is not resolved at each instant, in each scope that it is in. What a scope told that fell silent is not known any
-- more.
found_at AS (
  SELECT
    i.ts, s.finding, s.scope, s.engine, s.policy, s.severity, s.enforcement, s.team, s.service, s.environment, s.opened_at,
    s.reason, s.first_seen_at, coalesce(s.last_seen_at, c.looked_at, s.first_seen_at) AS last_seen_at,
    CASE WHEN c.is_stale THEN 'unknown' ELSE s.state END AS state
  FROM finding_spans AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at
  LEFT JOIN scopes_at AS c ON c.ts = i.ts AND c.engine = s.engine AND c.scope = s.scope
  WHERE s.state <> 'resolved'
)
