SELECT DISTINCT i.ts, scorecard, rank::VARCHAR AS rank, level, 1 AS value
FROM (
  SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
  FROM scorecard_levels_known
  WINDOW newer AS (
    PARTITION BY source, scorecard, rank
    ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
  )
) AS l
JOIN instants AS i ON i.ts >= l.from_at AND i.ts < l.until_at
WHERE l.holds
