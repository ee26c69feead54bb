-- Each finding that is not resolved, once at each instant, whichever scopes it is in: open where it is in one of them,
-- and since when it is in the one that knows it longest. What a scope told that fell silent is not known any more.
found_at AS (
  SELECT
    i.ts, s.finding, s.scope, s.engine, s.policy, s.severity, s.enforcement, s.team, s.service, s.environment, s.opened_at,
    s.reason, s.first_seen_at, coalesce(s.last_seen_at, c.looked_at, s.first_seen_at) AS last_seen_at,
    CASE WHEN c.is_stale THEN 'unknown' ELSE s.state END AS state
  FROM finding_spans AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at
  LEFT JOIN scopes_at AS c ON c.ts = i.ts AND c.engine = s.engine AND c.scope = s.scope
  WHERE s.state <> 'resolved'
),
several_scopes AS (SELECT ts, finding FROM found_at GROUP BY ALL HAVING count(*) > 1),
findings_at AS (
  FROM found_at ANTI JOIN several_scopes USING (ts, finding)
  UNION ALL
  FROM found_at
  SEMI JOIN several_scopes USING (ts, finding)
  QUALIFY row_number() OVER (
    PARTITION BY ts, finding ORDER BY list_position(['open', 'unknown', 'excepted'], state), opened_at, scope
  ) = 1
)
