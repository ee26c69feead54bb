SELECT DISTINCT c.artifact, coalesce(c.team, o.team, 'unowned') AS team, c.environment
FROM chosen AS c
CROSS JOIN (SELECT max(ts) AS ts FROM instants) AS i
LEFT JOIN owners AS o ON o.owner_key = c.owner_key AND o.valid_from <= i.ts::DATE AND i.ts::DATE < o.valid_to
WHERE $own IS NULL OR coalesce(c.team, o.team, 'unowned') IN ($own, 'unowned')
ORDER BY c.artifact, c.environment
