-- The newest scan for vulnerabilities of each artifact and scanner at each instant, and the newest that did not fail.
-- Artifacts that are scanned part by part are scanned when one of them is.
scan_steps AS (
  SELECT
    artifact, scanner, i.ts AS from_at,
    max({'occurred_at': occurred_at, 'learned_at': learned_at, 'completeness': completeness}) AS newest,
    max({
      'occurred_at': occurred_at, 'learned_at': learned_at,
      'fresh_until': coalesce(occurred_at + to_seconds(stale_seconds), TIMESTAMP '9999-12-31'),
      'completeness': completeness, 'os_end_of_life': os_end_of_life,
      'os_family': os_family, 'os_version': os_version
    }) FILTER (completeness <> 'failed') AS look
  FROM artifact_scans_known AS s
  ASOF JOIN instants AS i ON s.effective_at <= i.ts
  WHERE list_contains(classes, 'vulnerability')
  GROUP BY ALL
),
scan_states AS (
  SELECT
    artifact, scanner, from_at, max(newest) OVER so_far AS newest, max(look) OVER so_far AS look,
    lead(from_at, 1, TIMESTAMP '9999-12-31') OVER so_far AS until_at
  FROM scan_steps
  WINDOW so_far AS (PARTITION BY artifact, scanner ORDER BY from_at)
),
told_scans_at AS (
  SELECT
    i.ts, artifact, scanner, look.occurred_at AS scanned_at, look.os_end_of_life AS os_end_of_life,
    look.os_family AS os_family, look.os_version AS os_version,
    CASE
      WHEN newest.completeness = 'failed' THEN 'failed'
      WHEN i.ts >= look.fresh_until THEN 'stale'
      WHEN look.completeness = 'partial' THEN 'partial'
      ELSE 'fresh'
    END AS status
  FROM scan_states AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at
)
