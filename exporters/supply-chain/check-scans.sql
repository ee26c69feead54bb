SELECT what, count(*) AS n, list(name ORDER BY name)[1:5] AS named
FROM (
  SELECT DISTINCT r.name, coalesce(s.status, 'never') AS what
  FROM running_told AS r
  LEFT JOIN image_scans_at AS s USING (ts, artifact)
)
WHERE what IN ('never', 'failed', 'stale')
GROUP BY what
ORDER BY list_position(['never', 'failed', 'stale'], what)
