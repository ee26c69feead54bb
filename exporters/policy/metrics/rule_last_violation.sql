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
  <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100)
