SELECT artifact, team, service, environment
FROM running_at
WHERE artifact IN (SELECT unnest(from_json($artifacts, '["VARCHAR"]')))
ORDER BY ALL
