-- Each scope at each instant. `is_stale`: it was not looked at for too long, so that what was found is not known any more.
scopes_at AS (
  SELECT
    i.ts, engine, scope, team, service, looked_at, fresh_until, missing, coalesce(i.ts >= fresh_until, true) AS is_stale,
    CASE
      WHEN completeness = 'failed' THEN 'failed'
      WHEN i.ts >= fresh_until THEN 'stale'
      WHEN completeness = 'partial' THEN 'partial'
      ELSE 'fresh'
    END AS status
  FROM report_spans AS r
  JOIN instants AS i ON i.ts >= r.from_at AND i.ts < r.until_at
)
