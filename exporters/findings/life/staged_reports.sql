-- Leaves out reports that are known, or told twice, and gives results their keys and their rank: of two results of one
-- finding in one part the worse holds.
CREATE OR REPLACE TEMP TABLE fresh_reports AS
SELECT * EXCLUDE (owner), (md5_number(owner) // 2)::HUGEINT AS owner_key
FROM told_reports AS told
WHERE NOT EXISTS (
  FROM finding_reports AS known
  WHERE known.engine = told.engine AND known.scope = told.scope AND known.digest = told.digest
    AND known.occurred_at = told.evaluated_at
)
QUALIFY row_number() OVER (PARTITION BY engine, scope, digest, evaluated_at ORDER BY report) = 1;

CREATE OR REPLACE TEMP TABLE fresh_results AS
WITH keyed AS MATERIALIZED (
  SELECT
    told.* EXCLUDE (owner), round, engine, scope, evaluated_at,
    (md5_number(concat(length(engine), ':', engine, length(policy), ':', policy, resource)) // 2)::HUGEINT AS finding,
    (md5_number(told.owner) // 2)::HUGEINT AS owner_key,
    CASE outcome WHEN 'fail' THEN 1 WHEN 'excepted' THEN 2 WHEN 'error' THEN 3 WHEN 'pass' THEN 4 ELSE 5 END AS rank,
    CASE severity
      WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 WHEN 'info' THEN 5 ELSE 6
    END AS severity_rank
  FROM told_results AS told
  JOIN fresh_reports USING (report)
  WHERE completeness <> 'failed'
),
-- To sort all for the few that are told twice would take longer than all the rest.
twice AS MATERIALIZED (
  SELECT round, scope, part, finding FROM keyed GROUP BY ALL HAVING count(*) > 1
)
FROM keyed ANTI JOIN twice USING (round, scope, part, finding)
UNION ALL
(
  FROM keyed SEMI JOIN twice USING (round, scope, part, finding)
  QUALIFY row_number() OVER (
    PARTITION BY round, scope, part, finding
    ORDER BY rank, evaluated_at DESC, severity_rank, enforcement, owner_key, location, message, title, url,
      original_severity, first_seen_at, ended_at DESC, report
  ) = 1
);

CREATE OR REPLACE TEMP TABLE told_owners AS
SELECT owner FROM told_reports
UNION SELECT owner FROM told_results
UNION SELECT owner FROM told_counts;

DROP TABLE told_reports;
DROP TABLE told_results;
