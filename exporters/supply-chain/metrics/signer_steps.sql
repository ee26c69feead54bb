-- Changes at the first instant that sees them.
steps AS (
  SELECT i.ts, team, environment, count(*) AS n
  FROM signer_changes_known AS c
  ASOF JOIN instants AS i ON c.effective_at <= i.ts
  GROUP BY ALL
)
