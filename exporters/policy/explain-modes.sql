SELECT *
FROM (
  SELECT
    enforcement, count(*) AS n,
    array_to_string(list_sort(list(scope))[:5], ', ') || CASE WHEN count(*) > 5 THEN ', …' ELSE '' END AS scopes
  FROM (SELECT DISTINCT scope, enforcement FROM rule_modes WHERE engine = $engine AND policy = $policy)
  GROUP BY enforcement
)
ORDER BY list_position(['enforce', 'warn', 'dryrun', 'audit'], enforcement)
