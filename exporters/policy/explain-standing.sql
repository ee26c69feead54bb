SELECT engine, policy, readiness, clean_at, coalesce(requirement, 'other') AS requirement
FROM rule_standing
LEFT JOIN policy_rules USING (engine, policy)
WHERE policy = $id OR engine || '/' || policy = $id
ORDER BY engine, policy
