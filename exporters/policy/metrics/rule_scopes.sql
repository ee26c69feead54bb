SELECT ts, engine, CASE WHEN place <= places THEN policy ELSE 'other' END AS policy, enforcement, count(*) AS value
FROM (SELECT DISTINCT ts, engine, scope, policy, enforcement FROM rule_modes)
JOIN ranked USING (ts, engine, policy)
GROUP BY ALL
