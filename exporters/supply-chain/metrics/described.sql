-- Findings with what is known of their vulnerability.
described AS (
  SELECT
    f.*, k.exploited_at, coalesce(k.is_ransomware, false) AS is_ransomware, x.fixed_version,
    CASE WHEN x.has_fix THEN x.fix_at END AS fix_at,
    CASE WHEN x.has_fix THEN 'available' WHEN x.finding IS NOT NULL AND x.has_fix IS NULL THEN 'unknown' ELSE 'none' END
      AS fix,
    CASE WHEN k.exploited_at IS NULL THEN 'no' ELSE 'yes' END AS exploited
  FROM findings_at AS f
  LEFT JOIN fixes_at AS x USING (ts, finding, scope)
  LEFT JOIN exploited_at AS k ON k.ts = f.ts AND k.policy = f.policy AND f.engine = 'vulnerability'
)
