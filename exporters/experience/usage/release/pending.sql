-- Periods that are over, whose use is known, and that were not published yet, or not with what is known and configured
-- now. A run is a period as of a cutoff: `new` with all that is known now, `old` with what its last release counted.
CREATE OR REPLACE TEMP TABLE usage_runs AS
WITH windows AS (SELECT unnest(['7d', '28d']) AS "window", unnest([7, 28]) AS length),
periods AS (
  SELECT "window", length, period_end, max(changed_at) AS changed_at
  FROM (
    SELECT
      w.*, changed_at,
      -- 1970-01-05 was a Monday.
      DATE '1970-01-05' + ((day - DATE '1970-01-05') // length + 1)::INTEGER * length AS period_end
    FROM usage_known_days CROSS JOIN windows AS w
  )
  GROUP BY ALL
),
released AS (
  SELECT "window", period_end, max(release) AS release, max_by(cutoff, release) AS cutoff, max_by(settings, release) AS settings
  FROM usage_results WHERE measure = 'release'
  GROUP BY ALL
),
pending AS (
  SELECT
    p."window", p.length, p.period_end, p.period_end - p.length AS first_day, p.changed_at,
    coalesce(r.release, 0) AS release, r.cutoff AS old_cutoff, coalesce(r.settings <> $settings, false) AS is_reconfigured
  FROM periods AS p
  LEFT JOIN released AS r USING ("window", period_end)
  LEFT JOIN usage_held AS h USING ("window", period_end)
  WHERE p.period_end + INTERVAL 1 DAY <= $now::TIMESTAMP
    -- What it counts must not have begun to be deleted.
    AND p.period_end - 2 * p.length > $oldest::DATE
    AND (
      r.release IS NULL OR r.settings <> $settings
      OR p.changed_at > greatest(r.cutoff, coalesce(h.changed_at, r.cutoff))
    )
  -- After a change of features there may be a year of them; the others follow with the next batches.
  ORDER BY p.period_end DESC, p."window"
  LIMIT 16
)
SELECT row_number() OVER (ORDER BY "window", period_end, version)::INTEGER AS run, *
FROM (
  SELECT 'new' AS version, $now::TIMESTAMP AS cutoff, * FROM pending
  UNION ALL
  SELECT 'old', old_cutoff, * FROM pending WHERE old_cutoff IS NOT NULL
)
