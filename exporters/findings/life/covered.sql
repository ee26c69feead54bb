-- The parts that the reports of this round look at.
INSERT INTO rounds_covered BY NAME
WITH scopes AS (SELECT DISTINCT engine, scope FROM round_reports WHERE is_whole),
scope_parts AS (
  SELECT engine, scope, part FROM finding_listings SEMI JOIN scopes USING (engine, scope)
  UNION
  SELECT engine, scope, part FROM finding_tallies SEMI JOIN scopes USING (engine, scope)
  UNION
  SELECT engine, scope, part FROM finding_totals SEMI JOIN scopes USING (engine, scope)
  UNION
  SELECT engine, scope, part FROM round_results SEMI JOIN scopes USING (engine, scope)
  UNION
  SELECT engine, scope, part FROM round_counts SEMI JOIN scopes USING (engine, scope)
  UNION
  SELECT engine, scope, told_totals.part FROM round_reports JOIN told_totals USING (report) WHERE is_whole
  UNION
  SELECT engine, scope, '' FROM scopes
),
parts AS (
  SELECT report, part FROM round_reports JOIN scope_parts USING (engine, scope) WHERE is_whole
  UNION
  SELECT report, told_parts.part FROM round_reports JOIN told_parts USING (report)
),
looks AS (
  SELECT engine, scope, part, looked_at FROM finding_looks WHERE kind = 'report'
)
SELECT
  getvariable('told_round') AS round, report, engine, scope, p.part, r.evaluated_at, completeness, lists_policies,
  is_whole, digest, greatest(own.looked_at, whole.looked_at) AS looked_before,
  coalesce(greatest(own.looked_at, whole.looked_at) > r.evaluated_at, false) AS is_late
FROM parts AS p
JOIN round_reports AS r USING (report)
LEFT JOIN looks AS own USING (engine, scope, part)
LEFT JOIN (FROM looks WHERE part IS NULL) AS whole USING (engine, scope);
