-- One row a report, also one that failed or is older than others.
INSERT INTO finding_reports BY NAME
WITH listed AS (
  SELECT report, part, policy, count(*) AS listed FROM fresh_results WHERE outcome = 'fail' GROUP BY ALL
),
missing AS (
  SELECT report, sum(greatest(violations - coalesce(listed, 0), 0))::BIGINT AS missing
  FROM told_totals LEFT JOIN listed USING (report, part, policy)
  GROUP BY ALL
)
SELECT
  engine, scope, getvariable('told_source') AS source, completeness, reason, parts, r.listed,
  coalesce(missing, 0) AS missing, stale_seconds, digest,
  owner_key, evaluated_at AS occurred_at, getvariable('told_now') AS learned_at
FROM fresh_reports AS r
LEFT JOIN missing USING (report);
