SELECT ts, team, engine, policy, requirement, enforcement, count(DISTINCT (service, environment)) AS value
FROM owned
JOIN places USING (ts, engine, policy)
WHERE state = 'open' AND place <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100)
GROUP BY ALL
