SELECT ts, team, engine, coalesce(requirement, 'other') AS requirement, status, approved, count(*) AS value
FROM exceptions_at
LEFT JOIN policy_rules USING (engine, policy)
GROUP BY ALL
