-- Exceptions, expired or not, that are for findings of a page: of their engine and scope, for their policy or all, for
-- their resource by its name or by a pattern of it.
SELECT
  f.finding::VARCHAR AS id, e.exception, e.reason, e.approved_by, e.created_at, e.expires_at, e.is_applied, e.url
FROM (
  SELECT row.finding::HUGEINT AS finding, row.scope AS scope
  FROM (SELECT unnest(from_json($findings::JSON, '[{"finding":"VARCHAR","scope":"VARCHAR"}]')) AS row)
) AS p
JOIN findings AS f USING (finding)
JOIN exception_spans AS e
  ON e.engine = f.engine AND e.scope = p.scope AND e.policy IN (f.policy, '*')
  AND (
    e.resource IN ('', f.resource)
    OR f.resource LIKE
      replace(replace(replace(replace(e.resource, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') ESCAPE '\'
  )
JOIN instants AS i ON i.ts >= e.from_at AND i.ts < e.until_at
ORDER BY e.expires_at, e.exception
