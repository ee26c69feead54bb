-- Brings finding_listings in step with the covered parts: what is violated or excepted as it was told; what was listed
-- before and is told of no more is unknown where there is a reason for it, else it is listed no longer.
CREATE OR REPLACE TEMP TABLE listed_before AS
SELECT l.*, c.report, c.evaluated_at, c.completeness, c.lists_policies, c.looked_before
FROM finding_listings AS l
JOIN covered AS c USING (engine, scope, part)
QUALIFY row_number() OVER (PARTITION BY l.finding, scope, part ORDER BY c.report) = 1;

CREATE OR REPLACE TEMP TABLE told_here AS
SELECT * FROM round_results SEMI JOIN covered USING (report, part);

CREATE OR REPLACE TEMP TABLE listed_now AS
WITH in_episode AS (
  SELECT DISTINCT finding, scope FROM finding_listings
  WHERE (finding, scope) IN (SELECT (finding, scope) FROM told_here WHERE outcome IN ('error', 'skip'))
),
passing AS (SELECT DISTINCT finding, scope FROM told_here WHERE outcome = 'pass'),
cut AS (SELECT report, part, policy FROM round_totals WHERE violations > listed)
SELECT
  finding, engine, policy, scope, part, CASE WHEN outcome IN ('fail', 'excepted') THEN outcome ELSE 'unknown' END AS outcome,
  CASE outcome WHEN 'error' THEN 'error' WHEN 'skip' THEN 'skipped' ELSE '' END AS reason,
  severity, enforcement, owner_key
FROM told_here
WHERE outcome IN ('fail', 'excepted')
  OR (outcome = 'error' AND (finding, scope) IN (SELECT (finding, scope) FROM in_episode))
  OR (
    outcome = 'skip' AND (finding, scope) IN (SELECT (finding, scope) FROM in_episode)
    AND (finding, scope) NOT IN (SELECT (finding, scope) FROM passing)
  )
UNION ALL
SELECT finding, engine, policy, scope, part, 'unknown', why, severity, enforcement, owner_key
FROM (
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
  ANTI JOIN told_here USING (finding, scope, part)
)
WHERE why IS NOT NULL;

CREATE OR REPLACE TEMP TABLE affected AS
SELECT
  finding, engine, policy, scope, max(evaluated_at) AS evaluated_at, max(looked_before) AS looked_before,
  bool_or(passes) AS passes
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
