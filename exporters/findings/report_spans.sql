-- What is known of each scope from its newest report: engine, scope, completeness (complete, partial, failed), reason,
-- missing (what its list was cut by), evaluated_at, team, service, environment (the scope's own), looked_at (when it was
-- last looked at by a report that did not fail; NULL where none did), fresh_until (its findings are unknown from then
-- on; NULL where nothing was ever looked at, 9999-12-31 where looks never age), from_at, until_at. A report is reduced
-- to the first instant that sees it: a scope may be told of thousands of times between two.
report_steps AS (
  SELECT
    r.engine, r.scope, i.ts AS from_at,
    max({
      'evaluated_at': occurred_at, 'learned_at': learned_at, 'completeness': completeness, 'reason': reason,
      'missing': missing, 'owner_key': owner_key
    }) AS newest,
    max({
      'looked_at': occurred_at, 'learned_at': learned_at,
      'fresh_until': coalesce(occurred_at + to_seconds(stale_seconds), TIMESTAMP '9999-12-31')
    }) FILTER (completeness <> 'failed') AS look
  FROM finding_reports_known AS r
  ASOF JOIN instants AS i ON r.effective_at <= i.ts
  GROUP BY ALL
),
report_states AS (
  SELECT
    engine, scope, from_at, max(newest) OVER so_far AS newest, max(look) OVER so_far AS look,
    lead(from_at, 1, TIMESTAMP '9999-12-31') OVER so_far AS until_at
  FROM report_steps
  WINDOW so_far AS (PARTITION BY engine, scope ORDER BY from_at)
),
report_spans AS (
  SELECT
    engine, scope, newest.completeness AS completeness, newest.reason AS reason, newest.missing AS missing,
    newest.evaluated_at AS evaluated_at, team, service, environment,
    look.looked_at AS looked_at, look.fresh_until AS fresh_until,
    greatest(from_at, valid_from) AS from_at, least(until_at, valid_to) AS until_at
  FROM report_states
  JOIN owners ON owners.owner_key = newest.owner_key
  WHERE greatest(from_at, valid_from) < least(until_at, valid_to)
)
