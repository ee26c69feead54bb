-- What the versions of the items in `changed_items` show to have happened, and wasn't known to have.
INSERT INTO roadmap_events
WITH versions AS (
  SELECT *, coalesce(lag(status) OVER in_order, '') AS status_before, row_number() OVER in_order AS place
  FROM roadmap_items
  SEMI JOIN changed_items USING (source, item)
  WINDOW in_order AS (PARTITION BY source, item ORDER BY version)
),
happened AS (
  SELECT source, item, CASE WHEN is_office_hours THEN 'visited' ELSE 'opened' END AS event, owner_key,
    created_at AS occurred_at, 1 AS number
  FROM versions
  WHERE NOT is_deleted
  QUALIFY row_number() OVER (PARTITION BY source, item, is_office_hours ORDER BY version) = 1
  UNION ALL
  SELECT source, item, 'done', owner_key, least(ended_at, occurred_at),
    row_number() OVER (PARTITION BY source, item ORDER BY version)
  FROM versions
  WHERE status = 'done' AND status_before <> 'done' AND NOT is_office_hours
)
SELECT source, item, event, owner_key, occurred_at, getvariable('told_now')
FROM happened
LEFT JOIN (
  SELECT source, item, event, count(*) AS known FROM roadmap_events SEMI JOIN changed_items USING (source, item) GROUP BY ALL
) AS k USING (source, item, event)
WHERE number > coalesce(known, 0);
