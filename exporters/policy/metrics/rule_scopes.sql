SELECT ts, engine, CASE WHEN place <= places THEN policy ELSE 'other' END AS policy, enforcement, sum(n)::BIGINT AS value
FROM (SELECT ts, engine, policy, enforcement, count(DISTINCT scope) AS n FROM rule_modes GROUP BY ALL)
JOIN (
  SELECT
    ts, engine, policy,
    row_number() OVER (
      PARTITION BY ts ORDER BY count(DISTINCT scope) FILTER (enforcement <> 'enforce') DESC, engine, policy
    ) AS place,
    coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100) AS places
  FROM rule_modes
  GROUP BY ts, engine, policy
) USING (ts, engine, policy)
GROUP BY ALL
