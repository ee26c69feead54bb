signed_at AS (
  SELECT
    r.*, coalesce(s.signature, 'unknown') AS signature, coalesce(s.provenance, 'unknown') AS provenance,
    coalesce(s.level, 0) AS level
  FROM running_at AS r
  LEFT JOIN signatures_at AS s USING (ts, artifact)
)
