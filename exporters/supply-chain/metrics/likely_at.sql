-- What is likely to be exploited at each instant (derive.ts), by the ledger's name of the vulnerability.
likely_at AS (
  SELECT i.ts, vulnerability AS policy
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM exploit_predictions_known
    WINDOW newer AS (
      PARTITION BY vulnerability ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  ) AS p
  JOIN instants AS i ON i.ts >= p.from_at AND i.ts < p.until_at
  WHERE is_high
)
