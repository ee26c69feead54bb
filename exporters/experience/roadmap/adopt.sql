-- What an export told of before goes on as the item of the API that tells of it now: by its key, of the same tracker. It
-- keeps its versions, its events and its promises, and is counted once.
CREATE OR REPLACE TEMP TABLE adopted AS
WITH told AS (
  SELECT source, item, lower(key) AS key FROM told_items
  QUALIFY row_number() OVER (PARTITION BY lower(key) ORDER BY changed_at DESC, position DESC) = 1
),
exported AS (
  SELECT i.source, i.item, lower(i.key) AS key, i.is_deleted, i.version
  FROM roadmap_items AS i
  JOIN roadmap_exports AS e ON e.source = i.source
  JOIN roadmap_trackers AS t ON t.tracker = e.tracker AND t.source = getvariable('told_source')
  QUALIFY row_number() OVER (PARTITION BY i.source, i.item ORDER BY i.version DESC) = 1
)
SELECT t.source, t.item, e.source AS from_source, e.item AS from_item
FROM told AS t
JOIN exported AS e USING (key)
ANTI JOIN roadmap_items AS i ON i.source = t.source AND i.item = t.item
QUALIFY row_number() OVER (PARTITION BY t.source, t.item ORDER BY e.is_deleted, e.version DESC) = 1;

UPDATE roadmap_items SET source = a.source, item = a.item
FROM adopted AS a WHERE roadmap_items.source = a.from_source AND roadmap_items.item = a.from_item;
UPDATE roadmap_events SET source = a.source, item = a.item
FROM adopted AS a WHERE roadmap_events.source = a.from_source AND roadmap_events.item = a.from_item;
-- The API's own dates hold from here on, also where an export had none and was dated by its moment.
UPDATE roadmap_seen SET source = a.source, item = a.item, changed_at = least(roadmap_seen.changed_at, a.changed_at)
FROM (
  SELECT a.*, t.changed_at
  FROM adopted AS a
  JOIN (SELECT source, item, max(changed_at) AS changed_at FROM told_items GROUP BY ALL) AS t USING (source, item)
) AS a
WHERE roadmap_seen.source = a.from_source AND roadmap_seen.item = a.from_item;
-- Promises of before are known from when the export was read whole.
INSERT INTO roadmap_snapshots
SELECT getvariable('told_source') AS source, s.* EXCLUDE source
FROM roadmap_snapshots AS s
WHERE s.source IN (SELECT from_source FROM adopted)
  AND s.told_at < coalesce(
    (SELECT min(told_at) FROM roadmap_snapshots WHERE source = getvariable('told_source')), TIMESTAMP '9999-12-31'
  );
