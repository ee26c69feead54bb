-- Lists of exceptions: one that differs is a new row, one that is missing holds no longer.
CREATE OR REPLACE TEMP TABLE lists_now AS
SELECT * FROM fresh_lists WHERE kind = 'exceptions' AND round = getvariable('told_round');

CREATE OR REPLACE TEMP TABLE exceptions_before AS
SELECT e.*, l.read_at
FROM finding_exceptions AS e
JOIN lists_now AS l ON l.engine = e.engine AND l.scope = e.scope AND starts_with(e.exception, l.prefix)
QUALIFY row_number() OVER (
  PARTITION BY e.engine, e.scope, exception, policy ORDER BY occurred_at DESC, learned_at DESC, l.read_at DESC
) = 1;

CREATE OR REPLACE TEMP TABLE exceptions_new AS
WITH now AS (
  SELECT
    engine, scope, exception, policy, resource, reason, approved_by, created_at, expires_at, is_applied,
    (md5_number(owner) // 2)::HUGEINT AS owner_key, url, read_at
  FROM told_exceptions
  JOIN lists_now USING (list)
  QUALIFY row_number() OVER (
    PARTITION BY engine, scope, exception, policy
    ORDER BY read_at DESC, resource, reason, approved_by, created_at, expires_at, is_applied, owner, url
  ) = 1
)
SELECT
  n.* EXCLUDE (read_at), true AS holds, greatest(n.read_at, b.occurred_at) AS occurred_at
FROM now AS n
LEFT JOIN exceptions_before AS b USING (engine, scope, exception, policy)
WHERE (n.resource, n.reason, n.approved_by, n.created_at, n.expires_at, n.is_applied, n.owner_key, n.url, true)
  IS DISTINCT FROM (b.resource, b.reason, b.approved_by, b.created_at, b.expires_at, b.is_applied, b.owner_key, b.url, b.holds)
UNION ALL
SELECT b.* EXCLUDE (read_at, holds, occurred_at, learned_at), false, greatest(b.read_at, b.occurred_at)
FROM exceptions_before AS b
ANTI JOIN now USING (engine, scope, exception, policy)
WHERE holds;

DELETE FROM finding_exceptions AS e
USING exceptions_new AS n
WHERE e.engine = n.engine AND e.scope = n.scope AND e.exception = n.exception AND e.policy = n.policy
  AND e.occurred_at = n.occurred_at AND e.learned_at = getvariable('told_now');
INSERT INTO finding_exceptions BY NAME SELECT *, getvariable('told_now') AS learned_at FROM exceptions_new;
