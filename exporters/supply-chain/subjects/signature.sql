SELECT
  r.ts, 'image' AS kind, name AS subject, r.team, r.service, r.environment,
  CASE coalesce(s.signature, 'unknown') WHEN 'verified' THEN 'pass' WHEN 'unknown' THEN 'unknown' ELSE 'fail' END
    AS state,
  CASE coalesce(s.signature, 'unknown') WHEN 'claimed' THEN 'claimed, and not verified' WHEN 'failed' THEN 'does not verify'
    WHEN 'unsigned' THEN 'unsigned' END AS detail
FROM named_images AS r
LEFT JOIN signatures_at AS s USING (ts, artifact)
