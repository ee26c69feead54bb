-- Whether anything was told since the gate last judged: of some artifacts, or of what may be of any.
WITH newest AS (
  SELECT greatest(
    (SELECT max(learned_at) FROM artifact_scans), (SELECT max(learned_at) FROM artifact_sboms),
    (SELECT max(learned_at) FROM attestations), (SELECT max(learned_at) FROM signature_looks),
    (SELECT max(learned_at) FROM running_images)
  ) AS newest
),
shared AS (
  SELECT concat_ws(
    ' ', (SELECT max(learned_at) FROM vex_statements), (SELECT max(learned_at) FROM kev_entries),
    (SELECT max(looked_at) FROM finding_looks WHERE kind = 'kev'), (SELECT max(day) FROM epss_scores),
    (SELECT count(*) FROM vulnerability_aliases)
  ) AS shared
)
SELECT
  n.newest, s.shared, j.through, j.judged_at,
  -- More may be told at the very instant that was judged through.
  n.newest IS NOT NULL AND (
    n.newest > coalesce(j.through, TIMESTAMP '0001-01-01')
    OR n.newest > getvariable('gate_now') - INTERVAL 1 MINUTE
  ) AS is_behind,
  n.newest IS NOT NULL AND (
    j.config IS NULL OR j.config <> getvariable('gate_config') OR j.shared_through <> s.shared
    OR j.judged_at <= getvariable('gate_now') - INTERVAL 1 HOUR
  ) AS judges_all
FROM newest AS n
CROSS JOIN shared AS s
LEFT JOIN gate_judged AS j ON true;
