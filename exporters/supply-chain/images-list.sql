SELECT *, (SELECT count(*) FROM wanted) AS total
FROM wanted
WHERE $after IS NULL OR [image, artifact, team, service, environment] > from_json($after, '["VARCHAR"]')
ORDER BY image, artifact, team, service, environment
LIMIT $limit::BIGINT
