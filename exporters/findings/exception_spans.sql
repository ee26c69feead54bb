-- Exceptions while they were there, expired or not, cut where their owner changes: engine, scope, exception, policy,
-- resource, reason, approved_by ('' where nobody answers for it), created_at, expires_at (NULL: never), is_applied
-- (NULL: the engine doesn't show it), url, team, service, environment, from_at, until_at.
exception_known_spans AS (
  SELECT *
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM finding_exceptions_known
    WINDOW newer AS (
      PARTITION BY engine, scope, exception, policy
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE holds AND from_at < until_at AND until_at > (SELECT min(ts) FROM instants)
),
exception_spans AS (
  SELECT
    engine, scope, exception, policy, resource, reason, approved_by, created_at, expires_at, is_applied, url,
    team, service, environment, greatest(from_at, valid_from) AS from_at, least(until_at, valid_to) AS until_at
  FROM exception_known_spans
  JOIN owners USING (owner_key)
  WHERE greatest(from_at, valid_from) < least(until_at, valid_to)
)
