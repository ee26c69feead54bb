-- Events at the first instant that sees them.
steps AS (
  SELECT c.* EXCLUDE (policy, n), coalesce(r.requirement, 'other') AS requirement, sum(n) AS n
  FROM (
    SELECT i.ts, team, engine, policy, severity, enforcement, reason, count(*) AS n
    FROM events AS e
    ASOF JOIN instants AS i ON e.effective_at <= i.ts
    GROUP BY ALL
  ) AS c
  LEFT JOIN policy_rules AS r USING (engine, policy)
  GROUP BY ALL
)
