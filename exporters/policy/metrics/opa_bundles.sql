-- Of OPAs that still send.
WITH newest AS (
  SELECT i.ts, b.*
  FROM instants AS i
  JOIN opa_bundles_known AS b
    ON b.effective_at <= i.ts AND b.effective_at > i.ts - to_seconds(greatest(b.silent_seconds, 600))
  QUALIFY row_number() OVER (PARTITION BY i.ts, b.instance, b.bundle ORDER BY b.effective_at DESC, b.learned_at DESC) = 1
)
SELECT ts, team, service, environment, bundle, {value} AS value
FROM newest GROUP BY ts, team, service, environment, bundle
