SELECT
  r.ts, 'image' AS kind, name AS subject, team, service, environment,
  CASE WHEN coalesce(s.status, 'missing') IN ('missing', 'stale') THEN 'fail' ELSE 'pass' END AS state,
  CASE WHEN coalesce(s.status, 'missing') <> 'complete' THEN coalesce(s.status, 'missing') END AS detail
FROM named_images AS r
LEFT JOIN sboms_at AS s USING (ts, artifact)
