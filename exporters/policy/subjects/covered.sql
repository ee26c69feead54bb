covered AS (
  SELECT i.ts, t.service
  FROM tally_spans AS t
  JOIN instants AS i ON i.ts >= t.from_at AND i.ts < t.until_at
  JOIN scopes_at AS c ON c.ts = i.ts AND c.engine = t.engine AND c.scope = t.scope
  WHERE NOT c.is_stale
  UNION
  SELECT ts, service FROM scopes_at WHERE NOT is_stale
)
