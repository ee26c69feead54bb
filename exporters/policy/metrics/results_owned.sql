-- Results of scopes that are not stale, by the requirement that their policy stands for.
owned AS (
  SELECT c.* EXCLUDE (policy), coalesce(r.requirement, 'other') AS requirement
  FROM (
    SELECT i.ts, t.team, t.service, t.environment, t.engine, t.policy, t.outcome, sum(t.results) AS n
    FROM tally_spans AS t
    JOIN instants AS i ON i.ts >= t.from_at AND i.ts < t.until_at
    JOIN scopes_at AS c ON c.ts = i.ts AND c.engine = t.engine AND c.scope = t.scope
    WHERE NOT c.is_stale
    GROUP BY ALL
  ) AS c
  LEFT JOIN policy_rules AS r USING (engine, policy)
)
