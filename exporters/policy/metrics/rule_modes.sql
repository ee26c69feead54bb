-- The modes of each policy in each scope at each instant: as its engine lists them, else as its results say.
listed_modes AS (
  SELECT i.ts, engine, scope, policy, enforcement
  FROM policy_spans AS p
  JOIN instants AS i ON i.ts >= p.from_at AND i.ts < p.until_at
  WHERE policy <> ''
),
told_modes AS (
  SELECT DISTINCT i.ts, engine, scope, policy, enforcement
  FROM tally_spans AS t
  JOIN instants AS i ON i.ts >= t.from_at AND i.ts < t.until_at
  WHERE policy <> ''
),
rule_modes AS (
  FROM listed_modes
  UNION ALL
  SELECT * FROM told_modes ANTI JOIN listed_modes USING (ts, engine, scope, policy)
)
