-- Items that there are at each instant, with their owner then; visits to office hours among them. A time that lies after
-- the instant hadn't come.
items_at AS (
  SELECT
    i.ts, o.team, v.source, v.item, CASE WHEN v.area = '' THEN 'none' ELSE v.area END AS area, v.status, v.is_feedback,
    v.is_office_hours, v.created_at,
    CASE WHEN v.started_at <= i.ts THEN v.started_at END AS started_at,
    CASE WHEN v.ended_at <= i.ts THEN v.ended_at END AS ended_at,
    CASE WHEN v.answered_at <= i.ts THEN v.answered_at END AS answered_at
  FROM instants AS i
  JOIN item_versions AS v ON i.ts >= v.from_at AND i.ts < v.until_at
  JOIN owners AS o ON o.owner_key = v.owner_key AND o.valid_from <= i.ts::DATE AND i.ts::DATE < o.valid_to
  WHERE NOT v.is_deleted
)
