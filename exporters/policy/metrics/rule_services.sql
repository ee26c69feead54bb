SELECT ts, engine, policy, enforcement, count(DISTINCT (team, service, environment)) AS value
FROM owned
JOIN places USING (ts, engine, policy)
WHERE state = 'open' AND place <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100)
GROUP BY ALL
