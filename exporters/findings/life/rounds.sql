-- What rounds work with: reports of the round that the variable told_round names, and tables that all rounds of a call
-- add to, since what a transaction creates it holds in memory to its end.
CREATE OR REPLACE TEMP VIEW round_reports AS
SELECT * FROM fresh_reports WHERE round = getvariable('told_round') AND completeness <> 'failed';

CREATE OR REPLACE TEMP VIEW round_results AS SELECT * FROM fresh_results WHERE round = getvariable('told_round');

CREATE OR REPLACE TEMP VIEW round_counts AS
SELECT told.* EXCLUDE (owner), engine, scope, evaluated_at, (md5_number(owner) // 2)::HUGEINT AS owner_key
FROM told_counts AS told
JOIN round_reports USING (report);

-- Parts that a report looks at; `is_late` where something newer is known of them.
CREATE OR REPLACE TEMP TABLE rounds_covered (
  round BIGINT, report BIGINT, engine VARCHAR, scope VARCHAR, part VARCHAR, evaluated_at TIMESTAMP,
  completeness VARCHAR, lists_policies BOOLEAN, is_whole BOOLEAN, digest VARCHAR, looked_before TIMESTAMP,
  is_late BOOLEAN
);
CREATE OR REPLACE TEMP VIEW covered AS
SELECT * EXCLUDE (round) FROM rounds_covered WHERE round = getvariable('told_round') AND NOT is_late;

CREATE OR REPLACE TEMP VIEW told_here AS SELECT * FROM round_results SEMI JOIN covered USING (report, part);

-- Violations of policies as the engine counts them apart from the list.
CREATE OR REPLACE TEMP VIEW round_totals AS
WITH listed AS (
  SELECT report, part, policy, count(*) AS listed FROM round_results WHERE outcome = 'fail' GROUP BY ALL
)
SELECT
  report, engine, scope, t.part, t.policy, max(t.violations) AS violations, coalesce(any_value(l.listed), 0) AS listed
FROM told_totals AS t
JOIN round_reports USING (report)
LEFT JOIN listed AS l USING (report, part, policy)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE rounds_listed (
  round BIGINT, finding HUGEINT, engine VARCHAR, policy VARCHAR, scope VARCHAR, part VARCHAR, outcome VARCHAR,
  reason VARCHAR, severity VARCHAR, enforcement VARCHAR, owner_key HUGEINT
);
CREATE OR REPLACE TEMP VIEW listed_now AS
SELECT * EXCLUDE (round) FROM rounds_listed WHERE round = getvariable('told_round');

CREATE OR REPLACE TEMP VIEW listed_before AS
SELECT l.*, c.report, c.evaluated_at, c.completeness, c.lists_policies, c.looked_before
FROM finding_listings AS l
JOIN (
  -- Of two reports of one time the less certain says what became of what neither lists.
  SELECT DISTINCT ON (engine, scope, part) * FROM covered ORDER BY completeness DESC, lists_policies DESC, digest
) AS c USING (engine, scope, part);

-- Findings that a round tells of, or lists no longer.
CREATE OR REPLACE TEMP TABLE rounds_affected (
  round BIGINT, finding HUGEINT, engine VARCHAR, policy VARCHAR, scope VARCHAR, evaluated_at TIMESTAMP,
  looked_before TIMESTAMP, passes BOOLEAN
);
CREATE OR REPLACE TEMP VIEW affected AS
SELECT * EXCLUDE (round) FROM rounds_affected WHERE round = getvariable('told_round');

CREATE OR REPLACE TEMP TABLE rounds_states AS
SELECT 0::BIGINT AS round, *, false AS opens, false AS closes FROM finding_states LIMIT 0;
CREATE OR REPLACE TEMP VIEW states_now AS
SELECT * EXCLUDE (round) FROM rounds_states WHERE round = getvariable('told_round');

CREATE OR REPLACE TEMP TABLE rounds_earlier AS SELECT 0::BIGINT AS round, * FROM finding_states LIMIT 0;
CREATE OR REPLACE TEMP VIEW states_earlier AS
SELECT * EXCLUDE (round) FROM rounds_earlier WHERE round = getvariable('told_round');

CREATE OR REPLACE TEMP TABLE rounds_tallies AS SELECT 0::BIGINT AS round, * FROM finding_tallies LIMIT 0;
CREATE OR REPLACE TEMP VIEW tallies_now AS
SELECT * EXCLUDE (round) FROM rounds_tallies WHERE round = getvariable('told_round');

CREATE OR REPLACE TEMP TABLE rounds_totals AS SELECT 0::BIGINT AS round, * FROM finding_totals LIMIT 0;
CREATE OR REPLACE TEMP VIEW totals_now AS
SELECT * EXCLUDE (round) FROM rounds_totals WHERE round = getvariable('told_round');

-- The words about findings.
CREATE OR REPLACE TEMP VIEW words AS
SELECT finding, engine, policy, resource, title, message, location, url, original_severity, evaluated_at AS told_at
FROM told_here
WHERE outcome IN ('fail', 'excepted') OR ended_at IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY finding ORDER BY evaluated_at DESC, rank, severity_rank, scope, part) = 1;

CREATE OR REPLACE TEMP VIEW looks_now AS
SELECT
  'report' AS kind, engine, scope, part, max(evaluated_at) AS looked_at,
  CASE WHEN NOT getvariable('told_follows') THEN getvariable('told_stale_seconds') END AS stale_seconds
FROM (
  SELECT engine, scope, CASE WHEN NOT is_whole THEN part END AS part, evaluated_at FROM covered
)
GROUP BY ALL;
