-- Policies of a scope with their mode while they were there: engine, scope, policy, title, enforcement, severity,
-- from_at, until_at.
policy_spans AS (
  SELECT engine, scope, policy, title, enforcement, severity, from_at, until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM finding_policies_known
    WINDOW newer AS (
      PARTITION BY engine, scope, policy
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE holds AND from_at < until_at AND until_at > (SELECT min(ts) FROM instants)
)
