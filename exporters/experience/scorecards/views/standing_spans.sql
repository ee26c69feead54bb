-- Standings while they were so: from_at <= instant < until_at.
standing_spans AS (
  SELECT * EXCLUDE (effective_at)
  FROM (
    SELECT
      * EXCLUDE (occurred_at, learned_at), effective_at AS from_at,
      coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM scorecard_standings_known
    WINDOW newer AS (
      PARTITION BY source, scorecard, entity
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE holds AND from_at < until_at AND until_at > (SELECT min(ts) FROM instants)
)
