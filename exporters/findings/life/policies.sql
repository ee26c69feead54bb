-- Lists of policies with their modes: one that differs is a new row, one that is missing holds no longer.
CREATE OR REPLACE TEMP TABLE lists_now AS
SELECT * FROM fresh_lists WHERE kind = 'policies' AND round = getvariable('told_round');

CREATE OR REPLACE TEMP TABLE policies_before AS
SELECT p.*, l.read_at
FROM finding_policies AS p
JOIN lists_now AS l USING (engine, scope)
QUALIFY row_number() OVER (
  PARTITION BY engine, scope, policy ORDER BY occurred_at DESC, learned_at DESC, l.read_at DESC
) = 1;

CREATE OR REPLACE TEMP TABLE policies_new AS
WITH now AS (
  SELECT engine, scope, policy, title, enforcement, severity, read_at
  FROM told_policies
  JOIN lists_now USING (list)
  -- A policy that is told of twice in one list blocks where one of them does.
  QUALIFY row_number() OVER (
    PARTITION BY engine, scope, policy
    ORDER BY CASE enforcement WHEN 'enforce' THEN 1 WHEN 'warn' THEN 2 WHEN 'dryrun' THEN 3 ELSE 4 END, severity, title
  ) = 1
)
SELECT n.* EXCLUDE (read_at), true AS holds, greatest(n.read_at, b.occurred_at) AS occurred_at
FROM now AS n
LEFT JOIN policies_before AS b USING (engine, scope, policy)
WHERE (n.title, n.enforcement, n.severity, true) IS DISTINCT FROM (b.title, b.enforcement, b.severity, b.holds)
UNION ALL
SELECT b.* EXCLUDE (read_at, holds, occurred_at, learned_at), false, greatest(b.read_at, b.occurred_at)
FROM policies_before AS b
ANTI JOIN now USING (engine, scope, policy)
WHERE holds;

DELETE FROM finding_policies AS p
USING policies_new AS n
WHERE p.engine = n.engine AND p.scope = n.scope AND p.policy = n.policy AND p.occurred_at = n.occurred_at
  AND p.learned_at = getvariable('told_now');
INSERT INTO finding_policies BY NAME SELECT *, getvariable('told_now') AS learned_at FROM policies_new;
