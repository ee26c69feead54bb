-- What the reports of this round (told_round) look at: `covered` are the parts that they tell the newest of, `late` those
-- of which something newer is known already.
CREATE OR REPLACE TEMP TABLE round_reports AS
SELECT * FROM fresh_reports WHERE round = (SELECT round FROM told_round) AND completeness <> 'failed';

CREATE OR REPLACE TEMP TABLE round_results AS
SELECT * FROM fresh_results WHERE round = (SELECT round FROM told_round);

CREATE OR REPLACE TEMP TABLE round_counts AS
SELECT
  told.* EXCLUDE (owner), engine, scope, evaluated_at, (md5_number(owner) // 2)::HUGEINT AS owner_key
FROM told_counts AS told
JOIN round_reports USING (report);

CREATE OR REPLACE TEMP TABLE round_parts AS
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
)
SELECT report, engine, scope, part FROM round_reports JOIN scope_parts USING (engine, scope) WHERE is_whole
UNION
SELECT report, engine, scope, told_parts.part FROM round_reports JOIN told_parts USING (report);

CREATE OR REPLACE TEMP TABLE covered AS
WITH looks AS (
  SELECT report, p.part, max(looked_at) AS looked_at
  FROM round_parts AS p
  JOIN finding_looks AS look
    ON look.kind = 'report' AND look.engine = p.engine AND look.scope = p.scope
    AND (look.part = p.part OR look.part IS NULL)
  GROUP BY ALL
)
SELECT
  p.*, r.evaluated_at, r.completeness, r.lists_policies, r.is_whole, looks.looked_at AS looked_before,
  coalesce(looks.looked_at > r.evaluated_at, false) AS is_late
FROM round_parts AS p
JOIN round_reports AS r USING (report)
LEFT JOIN looks USING (report, part);

CREATE OR REPLACE TEMP TABLE late AS SELECT DISTINCT report, part FROM covered WHERE is_late;
DELETE FROM covered WHERE is_late;

-- Where the engine says how many there are apart from the list: of which policies the list is cut.
CREATE OR REPLACE TEMP TABLE round_totals AS
WITH listed AS (
  SELECT report, part, policy, count(*) AS listed FROM round_results WHERE outcome = 'fail' GROUP BY ALL
)
SELECT
  report, engine, scope, t.part, t.policy, max(t.violations) AS violations, coalesce(any_value(l.listed), 0) AS listed
FROM told_totals AS t
JOIN round_reports USING (report)
LEFT JOIN listed AS l USING (report, part, policy)
GROUP BY ALL;
