-- What each engine has open in a scope, or of a resource, and what is known of its looks.
SELECT
  c.engine, c.scope, c.looked_at, c.status,
  count(f.finding) FILTER (f.state = 'open' AND ($resource = '' OR r.resource = $resource)) AS n
FROM scopes_at AS c
LEFT JOIN findings_at AS f USING (engine, scope)
LEFT JOIN findings AS r ON r.finding = f.finding
GROUP BY ALL
HAVING c.scope = $scope OR ($resource <> '' AND count(*) FILTER (r.resource = $resource) > 0)
ORDER BY c.engine, c.scope
