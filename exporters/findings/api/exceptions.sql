-- Exceptions, expired or not, that are for findings of a page: of their engine and scope, for their policy or all, for
-- their resource by its name or by a pattern of it. Kyverno's name objects as NAMESPACES/KINDS/NAMES, several with blanks
-- between them; what one says of a pod is told of its workload, as its findings are.
SELECT
  p.finding::VARCHAR AS id, p.scope, e.exception, e.reason, e.approved_by, e.created_at, e.expires_at, e.is_applied, e.url
FROM page AS p
JOIN patterns AS e
  ON e.engine = p.engine AND e.scope = p.scope AND p.policy LIKE e.policy_like ESCAPE '\'
  AND (
    e.resource IN ('', p.resource)
    OR p.resource LIKE e.resource_like ESCAPE '\'
    OR list_bool_or(list_transform(
      e.objects,
      lambda one:
        list_bool_or(list_transform(
          one.namespaces,
          lambda each: CASE WHEN len(p.object) > 2 THEN p.object[2] ELSE '' END LIKE like_of(each) ESCAPE '\'
        ))
        AND list_bool_or(list_transform(
          one.kinds, lambda each: kind_of(p.object[1]) LIKE like_of(kind_of(string_split(each, '/')[-1])) ESCAPE '\'
        ))
        AND list_bool_or(list_transform(
          one.names,
          lambda each: p.object[-1] LIKE like_of(each) ESCAPE '\' OR p.base LIKE like_of(lower(each)) ESCAPE '\'
        ))
    ))
  )
ORDER BY e.expires_at, e.exception
