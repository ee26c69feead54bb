-- When a violation of each policy was last opened, at the first instant that sees it.
steps AS (
  SELECT i.ts, engine, policy, max(occurred_at) AS opened_at
  FROM (
    SELECT engine, policy, occurred_at, effective_at FROM finding_events_known WHERE event IN ('opened', 'reopened')
  ) AS e
  ASOF JOIN instants AS i ON e.effective_at <= i.ts
  GROUP BY ALL
)
