-- Of the staged told_subjects (exporter, "check", kind, subject, …), all that there is of each (exporter, check) in
-- told_checks now, what differs from the newest that is known. Variable scorecard_now. A check that is told for the first
-- time with `holds_before` was so as long as anyone can say.
CREATE OR REPLACE TEMP TABLE known_subjects AS
FROM subject_states
SEMI JOIN told_checks USING (exporter, "check")
QUALIFY row_number() OVER (
  PARTITION BY exporter, "check", kind, subject, service, environment ORDER BY occurred_at DESC, learned_at DESC
) = 1;

CREATE OR REPLACE TEMP TABLE new_subjects AS
SELECT
  t.exporter, t."check", t.kind, t.subject, t.team, t.service, t.environment, t.state,
  coalesce(t.since, CASE WHEN k.state = t.state THEN k.since END, getvariable('scorecard_now')) AS since,
  t.detail, t.amount, t.unit,
  CASE
    WHEN c.holds_before AND NOT EXISTS (FROM subject_states AS s WHERE s.exporter = t.exporter AND s."check" = t."check")
      THEN TIMESTAMP '1970-01-01'
    ELSE getvariable('scorecard_now')
  END AS occurred_at,
  getvariable('scorecard_now') AS learned_at
FROM told_subjects AS t
JOIN told_checks AS c USING (exporter, "check")
LEFT JOIN known_subjects AS k
  ON (k.exporter, k."check", k.kind, k.subject, k.service, k.environment)
    = (t.exporter, t."check", t.kind, t.subject, t.service, t.environment)
WHERE (t.team, t.state, t.detail, t.amount, t.unit) IS DISTINCT FROM (k.team, k.state, k.detail, k.amount, k.unit)
  OR (t.since IS NOT NULL AND t.since IS DISTINCT FROM k.since)
UNION ALL
SELECT k.* REPLACE (
  'gone' AS state, getvariable('scorecard_now') AS since, '' AS detail, NULL AS amount, '' AS unit,
  getvariable('scorecard_now') AS occurred_at, getvariable('scorecard_now') AS learned_at
)
FROM known_subjects AS k
ANTI JOIN told_subjects AS t
  ON (k.exporter, k."check", k.kind, k.subject, k.service, k.environment)
    = (t.exporter, t."check", t.kind, t.subject, t.service, t.environment)
WHERE k.state <> 'gone';
