-- What engines count and list of each policy, in scopes that are not stale.
totals_at AS (
  SELECT i.ts, t.engine, t.policy, sum(violations)::BIGINT AS violations, sum(least(listed, violations))::BIGINT AS listed
  FROM total_spans AS t
  JOIN instants AS i ON i.ts >= t.from_at AND i.ts < t.until_at
  JOIN scopes_at AS c ON c.ts = i.ts AND c.engine = t.engine AND c.scope = t.scope
  WHERE NOT c.is_stale
  GROUP BY ALL
)
