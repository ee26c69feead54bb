-- Services of the catalog at each moment.
entry_spans AS (
  SELECT *
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM catalog_entries_known
    WHERE effective_at <= (SELECT max(ts) FROM instants)
    WINDOW newer AS (
      PARTITION BY ref ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE holds AND from_at < until_at AND until_at > (SELECT min(moment) FROM moments)
),
services_at AS (
  SELECT m.moment, e.service, e.team, e.type, e.lifecycle, e.tier, e.system, e.tags, e.repository
  FROM entry_spans AS e
  JOIN moments AS m ON m.moment >= e.from_at AND m.moment < e.until_at
)
