-- The first policies that the ledger has seen keep their names, so that no counter falls when another blocks more.
named AS (
  SELECT engine, policy
  FROM finding_blocks
  GROUP BY engine, policy
  QUALIFY row_number() OVER (ORDER BY min(learned_at), engine, policy)
    <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100)
),
steps AS (
  SELECT
    ts, team, engine, coalesce(named.policy, 'other') AS policy, coalesce(r.requirement, 'other') AS requirement,
    enforcement, sum(n) AS n
  FROM (
    SELECT i.ts, team, engine, policy, enforcement, count(*) AS n
    FROM finding_blocks_known AS b
    ASOF JOIN instants AS i ON b.effective_at <= i.ts
    GROUP BY ALL
  ) AS c
  LEFT JOIN named USING (engine, policy)
  LEFT JOIN policy_rules AS r USING (engine, policy)
  GROUP BY ALL
)
