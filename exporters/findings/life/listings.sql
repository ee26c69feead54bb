-- Brings finding_listings in step with the covered parts: what is violated or excepted as it was told; what was listed
-- before and is told of no more is unknown where there is a reason for it, else it is listed no longer.
INSERT INTO rounds_listed BY NAME
WITH here AS MATERIALIZED (FROM told_here),
unsure AS (
  SELECT DISTINCT finding, scope
  FROM finding_listings
  SEMI JOIN (SELECT finding, scope FROM here WHERE outcome IN ('error', 'skip')) USING (finding, scope)
),
passing AS (SELECT DISTINCT finding, scope FROM here WHERE outcome = 'pass'),
cut AS (SELECT report, part, policy FROM round_totals WHERE violations > listed),
unlisted AS (
  SELECT
    b.*,
    CASE
      WHEN lists_policies AND NOT EXISTS (FROM told_evaluated AS e WHERE e.report = b.report AND e.policy = b.policy)
        THEN 'not_evaluated'
      WHEN EXISTS (FROM cut WHERE cut.report = b.report AND cut.policy = b.policy AND cut.part IN ('', b.part))
        THEN 'truncated'
      WHEN completeness = 'partial' THEN 'partial'
    END AS why
  FROM listed_before AS b
  ANTI JOIN here USING (finding, scope, part)
)
SELECT
  getvariable('told_round') AS round, finding, engine, policy, scope, part, outcome, '' AS reason, severity,
  enforcement, owner_key
FROM here
WHERE outcome IN ('fail', 'excepted')
UNION ALL
SELECT
  getvariable('told_round'), finding, engine, policy, scope, part, 'unknown',
  CASE outcome WHEN 'error' THEN 'error' ELSE 'skipped' END, severity, enforcement, owner_key
FROM (FROM here SEMI JOIN unsure USING (finding, scope)) AS h
WHERE outcome = 'error'
  OR (outcome = 'skip' AND NOT EXISTS (FROM passing AS p WHERE p.finding = h.finding AND p.scope = h.scope))
UNION ALL
SELECT
  getvariable('told_round'), finding, engine, policy, scope, part, 'unknown', why, severity, enforcement, owner_key
FROM unlisted
WHERE why IS NOT NULL;

INSERT INTO rounds_affected BY NAME
SELECT
  getvariable('told_round') AS round, finding, engine, policy, scope, max(evaluated_at) AS evaluated_at,
  max(looked_before) AS looked_before, bool_or(passes) AS passes
FROM (
  SELECT finding, engine, policy, scope, evaluated_at, looked_before, false AS passes FROM listed_before
  UNION ALL
  SELECT finding, engine, policy, scope, evaluated_at, NULL, outcome = 'pass' FROM told_here
)
GROUP BY ALL;

DELETE FROM finding_listings AS l
USING covered AS c
WHERE l.engine = c.engine AND l.scope = c.scope AND l.part = c.part
  AND NOT EXISTS (
    FROM listed_now AS n
    WHERE n.finding = l.finding AND n.scope = l.scope AND n.part = l.part AND n.outcome = l.outcome
      AND n.reason = l.reason AND n.severity = l.severity AND n.enforcement = l.enforcement
      AND n.owner_key = l.owner_key
  );
INSERT INTO finding_listings BY NAME
SELECT * FROM listed_now ANTI JOIN finding_listings USING (finding, scope, part);
