WITH steps AS (
  SELECT i.ts, engine, policy, max(occurred_at) AS opened_at
  FROM (
    SELECT engine, policy, occurred_at, effective_at FROM finding_events_known WHERE event IN ('opened', 'reopened')
  ) AS e
  ASOF JOIN instants AS i ON e.effective_at <= i.ts
  GROUP BY ALL
)
SELECT ts, engine, policy, epoch(opened_at) AS value
FROM (
  SELECT
    i.ts, p.engine, p.policy, max(opened_at) OVER (PARTITION BY p.engine, p.policy ORDER BY i.ts) AS opened_at
  FROM instants AS i
  CROSS JOIN (SELECT DISTINCT engine, policy FROM steps) AS p
  LEFT JOIN steps USING (ts, engine, policy)
)
WHERE opened_at IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY ts ORDER BY opened_at DESC, engine, policy)
  <= coalesce((SELECT max(value) FROM policy_settings WHERE name = 'top_policies'), 100)
