-- A vulnerability by any of its ids; a package by its name within its package URL, or all of it.
wanted AS (
  SELECT *
  FROM wanted_by_all
  WHERE ($classes IS NULL OR list_contains(from_json($classes, '["VARCHAR"]'), class))
    AND ($fixes IS NULL OR list_contains(from_json($fixes, '["VARCHAR"]'), fix))
    AND ($exploited IS NULL OR list_contains(from_json($exploited, '["VARCHAR"]'), exploited))
    AND ($slas IS NULL OR list_contains(from_json($slas, '["VARCHAR"]'), sla))
    AND ($images IS NULL OR list_contains(from_json($images, '["VARCHAR"]'), image))
    AND ($repositories IS NULL OR list_contains(from_json($repositories, '["VARCHAR"]'), repository))
    AND (
      $vulnerabilities IS NULL OR list_contains(from_json($vulnerabilities, '["VARCHAR"]'), policy)
      OR policy IN (
        SELECT vulnerability FROM vulnerability_aliases
        WHERE list_contains(from_json($vulnerabilities, '["VARCHAR"]'), alias)
      )
    )
    AND (
      $packages IS NULL OR finding IN (
        SELECT finding FROM findings
        WHERE list_contains(from_json($packages, '["VARCHAR"]'), substr(resource, strpos(resource, '|') + 1))
          OR list_contains(from_json($packages, '["VARCHAR"]'), string_split(resource, '/')[-1])
      )
    )
)
