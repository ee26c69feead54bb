SELECT
  ts, engine, CASE WHEN place <= places THEN policy ELSE 'other' END AS policy,
  coalesce(requirement, 'other') AS requirement, readiness, count(*) AS value
FROM ranked
LEFT JOIN policy_rules USING (engine, policy)
GROUP BY ALL
