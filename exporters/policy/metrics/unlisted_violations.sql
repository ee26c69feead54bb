SELECT
  ts, engine, CASE WHEN place <= places THEN policy ELSE 'other' END AS policy,
  coalesce(requirement, 'other') AS requirement, sum(n)::BIGINT AS value
FROM (
  SELECT
    ts, engine, policy, violations - listed AS n,
    row_number() OVER (PARTITION BY ts ORDER BY violations - listed DESC, engine, policy) AS place,
    coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100) AS places
  FROM totals_at
  WHERE violations > listed
)
LEFT JOIN policy_rules USING (engine, policy)
GROUP BY ALL
