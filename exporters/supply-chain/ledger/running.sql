-- What runs, by the lists of this round: a row where it differs from what was known. A list that is older than what is
-- known of its place, or of a slot (workload and container) in it, adds what came before and ends nothing.
CREATE OR REPLACE TEMP TABLE places_now AS
SELECT l.*, (SELECT min(look.occurred_at) FROM running_looks AS look
    WHERE look.place = l.place AND look.images IS NOT NULL AND look.occurred_at > l.told_at) AS next_look
FROM told_places AS l
WHERE round = getvariable('heard_round');

CREATE OR REPLACE TEMP TABLE running_told AS
SELECT
  list, place, lists_all, told_at, next_look, workload, container, artifact, max(name) AS name, max(tag) AS tag,
  max(digest) AS digest, sum(replicas)::BIGINT AS replicas, (md5_number(max(i.owner)) // 2)::HUGEINT AS owner_key,
  least(min(started_at), min(told_at)) AS started_at
FROM told_images AS i
JOIN places_now USING (list)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE running_before AS
SELECT r.* FROM running_images AS r SEMI JOIN places_now USING (place);

CREATE OR REPLACE TEMP TABLE running_held AS
SELECT l.list, l.told_at, l.lists_all, l.next_look, r.*
FROM running_before AS r
JOIN places_now AS l USING (place)
WHERE r.occurred_at <= l.told_at
QUALIFY row_number() OVER (
  PARTITION BY l.list, workload, container, artifact ORDER BY r.occurred_at DESC, r.learned_at DESC
) = 1;

CREATE OR REPLACE TEMP TABLE running_new AS
WITH later AS (
  SELECT t.list, t.workload, t.container, min(r.occurred_at) AS next_at
  FROM (SELECT DISTINCT list, place, told_at, workload, container FROM running_told) AS t
  JOIN running_before AS r USING (place, workload, container)
  WHERE r.occurred_at > t.told_at
  GROUP BY ALL
),
later_own AS (
  SELECT t.list, t.workload, t.container, t.artifact, min(r.occurred_at) AS own_next_at
  FROM running_told AS t
  JOIN running_before AS r USING (place, workload, container, artifact)
  WHERE r.occurred_at > t.told_at
  GROUP BY ALL
),
listed AS (
  SELECT
    t.*, least(l.next_at, t.next_look) AS next_at, own_next_at, h.replicas AS before, h.occurred_at AS changed_before,
    h.artifact IS NULL OR (t.replicas, t.name, t.tag, t.owner_key)
      IS DISTINCT FROM (h.replicas, h.name, h.tag, h.owner_key) AS differs
  FROM running_told AS t
  LEFT JOIN running_held AS h USING (list, workload, container, artifact)
  LEFT JOIN later AS l USING (list, workload, container)
  LEFT JOIN later_own USING (list, workload, container, artifact)
  WHERE t.replicas > 0 OR h.replicas > 0
),
-- Where another image has taken the slot since the last look, the one before it ended then, and not at this look.
successors AS (
  SELECT list, workload, container, greatest(min(started_at), max(last_look)) AS succeeded_at
  FROM listed
  LEFT JOIN (
    SELECT list, max(look.occurred_at) AS last_look
    FROM places_now AS l
    JOIN running_looks AS look ON look.place = l.place AND look.occurred_at < l.told_at
    WHERE look.images IS NOT NULL
    GROUP BY ALL
  ) USING (list)
  WHERE replicas > 0 AND coalesce(before, 0) = 0
  GROUP BY ALL
)
SELECT
  list, place, workload, container, artifact, name, tag, digest, replicas, owner_key,
  CASE WHEN coalesce(before, 0) = 0 THEN greatest(started_at, changed_before) ELSE told_at END AS occurred_at
FROM listed
WHERE differs
UNION ALL
-- Known of later: it was there for a while.
SELECT list, place, workload, container, artifact, name, tag, digest, 0, owner_key, next_at
FROM listed
WHERE differs AND replicas > 0 AND coalesce(before, 0) = 0 AND (own_next_at > next_at OR (own_next_at IS NULL AND next_at IS NOT NULL))
UNION ALL
SELECT
  h.list, h.place, h.workload, h.container, h.artifact, h.name, h.tag, h.digest, 0, h.owner_key,
  CASE WHEN s.succeeded_at > h.occurred_at THEN s.succeeded_at ELSE h.told_at END
FROM running_held AS h
LEFT JOIN successors AS s USING (list, workload, container)
ANTI JOIN running_told AS t USING (list, workload, container, artifact)
WHERE h.replicas > 0 AND h.next_look IS NULL
  AND NOT EXISTS (FROM later AS l WHERE l.list = h.list AND l.workload = h.workload AND l.container = h.container)
  AND (
    h.lists_all
    OR EXISTS (
      FROM running_told AS o
      WHERE o.list = h.list AND o.workload = h.workload AND o.container = h.container AND o.replicas > 0
    )
  );

DELETE FROM running_images AS r
USING running_new AS n
WHERE r.place = n.place AND r.workload = n.workload AND r.container = n.container AND r.artifact = n.artifact
  AND r.occurred_at = n.occurred_at AND r.learned_at = getvariable('heard_now');
INSERT INTO running_images BY NAME
SELECT
  * EXCLUDE (list), getvariable('heard_source') AS source, getvariable('heard_now') AS learned_at
FROM running_new;

INSERT INTO touched_places
SELECT name, place, max(told_at) FROM running_new JOIN (SELECT list, told_at FROM places_now) USING (list) GROUP BY ALL;

-- A look where it differs, and often enough for what runs not to look stale in between.
INSERT INTO running_looks BY NAME
SELECT
  place, getvariable('heard_source') AS source, CASE WHEN lists_all THEN images END AS images,
  CASE WHEN lists_all THEN getvariable('heard_stale_seconds') END AS stale_seconds,
  (md5_number(owner) // 2)::HUGEINT AS owner_key, told_at AS occurred_at, getvariable('heard_now') AS learned_at
FROM places_now AS l
WHERE list IN (SELECT list FROM running_new)
  OR NOT EXISTS (
    FROM running_looks AS k
    WHERE k.place = l.place AND (k.images IS NOT NULL) = l.lists_all
      AND abs(date_diff('second', k.occurred_at, l.told_at)) <= least(86400, coalesce(k.stale_seconds // 8, 86400))
  )
QUALIFY row_number() OVER (PARTITION BY place, lists_all, told_at ORDER BY list) = 1;
