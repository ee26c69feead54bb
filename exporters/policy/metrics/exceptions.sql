-- One that is for several policies is one.
SELECT
  ts, team, engine, coalesce(requirement, 'other') AS requirement, status, approved,
  count(DISTINCT (scope, exception)) AS value
FROM exceptions_at
LEFT JOIN policy_rules USING (engine, policy)
GROUP BY ALL
