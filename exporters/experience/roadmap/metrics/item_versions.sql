-- The versions of items while they held and were known: a version gives way to the first one after it that counts.
item_versions AS (
  SELECT
    * EXCLUDE effective_at, effective_at AS from_at,
    coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
  FROM roadmap_items_known
  WHERE effective_at <= (SELECT max(ts) FROM instants)
  WINDOW newer AS (
    PARTITION BY source, item ORDER BY version ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
  )
)
