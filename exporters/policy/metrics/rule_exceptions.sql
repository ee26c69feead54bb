SELECT
  ts, engine, CASE WHEN place <= places THEN policy ELSE 'other' END AS policy,
  coalesce(requirement, 'other') AS requirement, sum(n)::BIGINT AS value
FROM (
  SELECT
    ts, engine, policy, count(*) AS n, row_number() OVER (PARTITION BY ts ORDER BY count(*) DESC, engine, policy) AS place,
    coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100) AS places
  FROM exceptions_at
  WHERE status <> 'expired'
  GROUP BY ts, engine, policy
)
LEFT JOIN policy_rules USING (engine, policy)
GROUP BY ALL
