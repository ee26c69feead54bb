-- Violations as the engine itself counts them: engine, scope, part, policy, violations, listed (of them), from_at,
-- until_at.
total_spans AS (
  SELECT engine, scope, part, policy, violations, listed, from_at, until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM finding_totals_known
    WINDOW newer AS (
      PARTITION BY engine, scope, part, policy
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE from_at < until_at AND until_at > (SELECT min(ts) FROM instants) AND violations > 0
)
