-- Violations as the engine counts them in the covered parts; 0 where a complete report tells of none any more.
INSERT INTO rounds_totals BY NAME
WITH totals_before AS MATERIALIZED (
  SELECT * FROM finding_totals SEMI JOIN covered USING (engine, scope, part)
  QUALIFY row_number() OVER (
    PARTITION BY engine, scope, part, policy ORDER BY occurred_at DESC, learned_at DESC
  ) = 1
),
now AS (
  SELECT engine, scope, part, policy, max(violations) AS violations, max(listed) AS listed
  FROM round_totals SEMI JOIN covered USING (report, part)
  GROUP BY ALL
),
looked AS (
  SELECT engine, scope, part, max(evaluated_at) AS evaluated_at, bool_and(completeness = 'complete') AS is_complete
  FROM covered
  GROUP BY ALL
)
SELECT
  getvariable('told_round') AS round, engine, scope, part, policy,
  coalesce(now.violations, 0) AS violations, coalesce(now.listed, 0) AS listed,
  greatest(looked.evaluated_at, b.occurred_at) AS occurred_at, getvariable('told_now') AS learned_at
FROM now
FULL JOIN totals_before AS b USING (engine, scope, part, policy)
JOIN looked USING (engine, scope, part)
WHERE (now.policy IS NOT NULL OR is_complete)
  AND (coalesce(now.violations, 0), coalesce(now.listed, 0)) <> (coalesce(b.violations, 0), coalesce(b.listed, 0));

DELETE FROM finding_totals AS t
USING totals_now AS n
WHERE t.engine = n.engine AND t.scope = n.scope AND t.part = n.part AND t.policy = n.policy
  AND t.occurred_at = n.occurred_at AND t.learned_at = n.learned_at;
INSERT INTO finding_totals BY NAME FROM totals_now;
