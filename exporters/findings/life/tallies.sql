-- How many results of each outcome the covered parts have; 0 where there are none any more. A partial report tells it
-- only of a part of which nothing is known.
INSERT INTO rounds_tallies BY NAME
WITH tallies_before AS MATERIALIZED (
  SELECT * FROM finding_tallies SEMI JOIN covered USING (engine, scope, part)
  QUALIFY row_number() OVER (
    PARTITION BY engine, scope, part, policy, outcome, severity, enforcement, owner_key
    ORDER BY occurred_at DESC, learned_at DESC
  ) = 1
),
tallied AS (
  SELECT engine, scope, part, max(evaluated_at) AS evaluated_at FROM covered
  WHERE completeness = 'complete'
    OR (engine, scope, part) NOT IN (SELECT (engine, scope, part) FROM tallies_before)
  GROUP BY ALL
),
results AS (
  SELECT engine, scope, part, policy, outcome, severity, enforcement, owner_key, 1::BIGINT AS results FROM told_here
  UNION ALL
  SELECT engine, scope, part, policy, outcome, severity, enforcement, owner_key, results
  FROM round_counts SEMI JOIN covered USING (report, part)
),
now AS (
  SELECT engine, scope, part, policy, outcome, severity, enforcement, owner_key, sum(results)::BIGINT AS results
  FROM results
  GROUP BY ALL
)
SELECT
  getvariable('told_round') AS round, engine, scope, part, policy, outcome, severity, enforcement, owner_key,
  coalesce(now.results, 0) AS results, greatest(tallied.evaluated_at, b.occurred_at) AS occurred_at,
  getvariable('told_now') AS learned_at
FROM now
FULL JOIN tallies_before AS b USING (engine, scope, part, policy, outcome, severity, enforcement, owner_key)
JOIN tallied USING (engine, scope, part)
WHERE coalesce(now.results, 0) <> coalesce(b.results, 0);

DELETE FROM finding_tallies AS t
USING tallies_now AS n
WHERE t.engine = n.engine AND t.scope = n.scope AND t.part = n.part AND t.policy = n.policy AND t.outcome = n.outcome
  AND t.severity = n.severity AND t.enforcement = n.enforcement AND t.owner_key = n.owner_key
  AND t.occurred_at = n.occurred_at AND t.learned_at = n.learned_at;
INSERT INTO finding_tallies BY NAME FROM tallies_now;
