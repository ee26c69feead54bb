-- Scans of what runs.
scans_at AS (
  SELECT r.ts, r.artifact, s.scanner, s.scanned_at, s.os_family, s.os_version, s.os_end_of_life, s.status
  FROM running_as AS r
  JOIN told_scans_at AS s ON s.ts = r.ts AND s.artifact = r.told_as
  QUALIFY dense_rank() OVER (PARTITION BY r.ts, r.artifact ORDER BY rank, told_as) = 1
),
-- Of several scanners the best.
image_scans_at AS (
  SELECT
    ts, artifact, max(scanned_at) AS scanned_at,
    ['fresh', 'partial', 'failed', 'stale'][min(list_position(['fresh', 'partial', 'failed', 'stale'], status))] AS status
  FROM scans_at
  GROUP BY ts, artifact
)
