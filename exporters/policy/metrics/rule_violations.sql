SELECT
  ts, team, engine, requirement, enforcement, sum(n) AS value,
  CASE
    WHEN place <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100) THEN policy
    ELSE 'other'
  END AS policy
FROM owned
JOIN places USING (ts, engine, policy)
WHERE state = 'open'
GROUP BY ALL
