wanted AS (
  SELECT *
  FROM wanted_by_all
  WHERE ($engines IS NULL OR list_contains(from_json($engines, '["VARCHAR"]'), engine))
    AND ($policies IS NULL OR list_contains(from_json($policies, '["VARCHAR"]'), policy))
    AND ($requirements IS NULL OR list_contains(from_json($requirements, '["VARCHAR"]'), requirement))
    AND ($enforcements IS NULL OR list_contains(from_json($enforcements, '["VARCHAR"]'), enforcement))
)
