SELECT
  ts, 'service' AS kind, service AS subject, team, service, environment,
  CASE WHEN b.n > 0 THEN 'fail' WHEN s.is_scanned THEN 'pass' ELSE 'unknown' END AS state, b.since,
  b.severities AS detail, b.n AS amount, CASE WHEN b.n > 0 THEN 'findings' END AS unit
FROM scanned_services AS s
FULL JOIN breached AS b USING (ts, team, service, environment)
