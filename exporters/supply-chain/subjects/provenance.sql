SELECT
  r.ts, 'image' AS kind, name AS subject, r.team, r.service, r.environment,
  CASE
    WHEN coalesce(s.provenance, 'unknown') = 'unknown' THEN 'unknown'
    WHEN s.provenance = 'verified' AND s.level >= asked THEN 'pass'
    ELSE 'fail'
  END AS state,
  CASE
    WHEN s.provenance = 'verified' AND s.level < asked
      THEN concat('build level ', s.level, ', and ', asked::INTEGER, ' is asked')
    WHEN s.provenance = 'claimed' THEN 'claimed, and not verified'
    WHEN s.provenance = 'failed' THEN 'does not verify'
    WHEN s.provenance = 'missing' THEN 'missing'
  END AS detail
FROM named_images AS r
CROSS JOIN (SELECT coalesce((SELECT max(value) FROM settings WHERE name = 'provenance_level'), 1) AS asked)
LEFT JOIN signatures_at AS s USING (ts, artifact)
