-- Since when findings have a fix, as scanners say. Of one that nothing was told of there is none; a scanner that can't say
-- takes nothing back that another has named.
INSERT INTO finding_fixes BY NAME
WITH told AS (
  SELECT
    (md5_number(concat(length(engine), ':', engine, length(policy), ':', policy, resource)) // 2)::HUGEINT AS finding,
    scope, has_fix, fixed_version, evaluated_at
  FROM fixes_told
),
before AS (
  SELECT * FROM finding_fixes SEMI JOIN told USING (finding, scope)
  QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
)
SELECT
  t.finding, t.scope, t.has_fix, t.fixed_version, greatest(t.evaluated_at, b.occurred_at) AS occurred_at,
  getvariable('heard_now') AS learned_at
FROM told AS t
LEFT JOIN before AS b USING (finding, scope)
WHERE (t.has_fix, t.fixed_version) IS DISTINCT FROM
    (CASE WHEN b.finding IS NULL THEN false ELSE b.has_fix END, coalesce(b.fixed_version, ''))
  AND (t.has_fix IS NOT NULL OR b.has_fix IS DISTINCT FROM true);
