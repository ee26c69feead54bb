SELECT count(*) AS n, list(place ORDER BY place)[1:5] AS named FROM places_at WHERE is_stale HAVING count(*) > 0
