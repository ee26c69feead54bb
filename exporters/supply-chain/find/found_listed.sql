-- What the parameters leave.
wanted AS (
  SELECT *
  FROM placed
  WHERE ($running IS NULL OR (rank = '0') = $running::BOOLEAN)
    AND ($teams IS NULL OR list_contains(from_json($teams, '["VARCHAR"]'), team))
    AND ($own IS NULL OR team IN ($own, 'unowned'))
    AND ($services IS NULL OR list_contains(from_json($services, '["VARCHAR"]'), service))
    AND ($environments IS NULL OR list_contains(from_json($environments, '["VARCHAR"]'), environment))
),
listed AS (
  SELECT w.*, m.type, m.namespace, m.name AS package, m.version, m.purl, m.is_direct
  FROM wanted AS w
  JOIN matched AS m ON m.artifact = w.told_as
)
SELECT l.*, coalesce(a.kind, 'image') AS kind, b.newest[1] AS sbom_created_at
FROM (
  SELECT *, count(*) OVER () AS total FROM listed
) AS l
LEFT JOIN (SELECT DISTINCT ON (artifact) artifact, kind FROM artifacts ORDER BY artifact, kind) AS a
  ON a.artifact = l.told_as
LEFT JOIN boms AS b ON b.artifact = l.told_as
WHERE $after IS NULL OR (l.rank, l.name, l.environment, l.team, l.service, l.artifact, l.type, l.namespace, l.package, l.version, l.purl) > (
  SELECT (p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11]) FROM (SELECT from_json($after, '["VARCHAR"]') AS p)
)
ORDER BY l.rank, l.name, l.environment, l.team, l.service, l.artifact, l.type, l.namespace, l.package, l.version, l.purl
LIMIT $limit::BIGINT
