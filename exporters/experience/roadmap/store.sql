-- Adds the versions that `told_items` has to roadmap_items. The variable told_now is our clock, told_at the moment that what
-- told of them speaks of.

CREATE OR REPLACE TEMP TABLE newest_items AS
SELECT *
FROM roadmap_items
JOIN roadmap_seen USING (source, item)
SEMI JOIN told_items USING (source, item)
QUALIFY row_number() OVER (PARTITION BY source, item ORDER BY version DESC) = 1;

-- What is older than the newest that is known is the past as it was told before, with today's words: it stays as it was
-- told. The last one is how the item is now; one that is older than what is known comes from an index that lags behind.
CREATE OR REPLACE TEMP TABLE told_versions AS
WITH ranked AS (
  SELECT t.*, t.changed_at > coalesce(n.changed_at, TIMESTAMP '0001-01-01') AS is_newer,
    row_number() OVER (PARTITION BY t.source, t.item ORDER BY t.changed_at DESC, t.position DESC) = 1 AS is_last,
    n.changed_at AS known_at
  FROM told_items AS t
  LEFT JOIN newest_items AS n USING (source, item)
)
SELECT * FROM ranked WHERE is_newer OR (is_last AND changed_at = known_at);

-- What one version knows and the next doesn't say: when it was started, when it came to the end that it still is at, when
-- it was answered.
CREATE OR REPLACE TEMP TABLE item_versions AS
WITH put AS (
  SELECT
    source, item, key, url, status, area, owner_key, is_feedback, is_office_hours, is_deleted, created_at,
    started_at, ended_at, answered_at, due_on, cycle_from, cycle_until, changed_at, true AS is_new, position
  FROM told_versions
  UNION ALL
  SELECT
    source, item, key, url, status, area, owner_key, is_feedback, is_office_hours, is_deleted, created_at,
    started_at, ended_at, answered_at, due_on, cycle_from, cycle_until, changed_at, false, -1
  FROM newest_items
),
marked AS (
  SELECT *, status IN ('done', 'cancelled') AS is_end,
    coalesce(status <> lag(status) OVER before, true) AS is_step
  FROM put
  WINDOW before AS (PARTITION BY source, item ORDER BY changed_at, position)
),
runs AS (
  SELECT *, sum(is_step::INTEGER) OVER (PARTITION BY source, item ORDER BY changed_at, position) AS run FROM marked
),
filled AS (
  SELECT
    * EXCLUDE (run, is_step, is_end) REPLACE (
      coalesce(
        started_at, min(coalesce(started_at, CASE WHEN status = 'in_progress' THEN changed_at END)) OVER until_now
      ) AS started_at,
      CASE
        WHEN is_end THEN coalesce(
          ended_at, min(ended_at) OVER (PARTITION BY source, item, run ORDER BY changed_at, position),
          min(changed_at) OVER (PARTITION BY source, item, run)
        )
      END AS ended_at,
      min(answered_at) OVER until_now AS answered_at
    )
  FROM runs
  WINDOW until_now AS (PARTITION BY source, item ORDER BY changed_at, position)
),
compared AS (
  SELECT *,
    row(
      key, url, status, area, owner_key, is_feedback, is_office_hours, is_deleted, created_at, started_at, ended_at,
      answered_at, due_on, cycle_from, cycle_until
    ) AS content
  FROM filled
)
SELECT * EXCLUDE content
FROM compared
QUALIFY is_new AND content IS DISTINCT FROM lag(content) OVER (PARTITION BY source, item ORDER BY changed_at, position);

INSERT INTO roadmap_items
SELECT
  v.source, v.item,
  (SELECT coalesce(max(version), 0) FROM roadmap_items)
    + row_number() OVER (ORDER BY v.source, v.item, v.changed_at, v.position) AS version,
  v.key, v.url, v.status, v.area, v.owner_key, v.is_feedback, v.is_office_hours, v.is_deleted, v.created_at,
  v.started_at, v.ended_at, v.answered_at, v.due_on, v.cycle_from, v.cycle_until,
  CASE
    WHEN n.item IS NULL THEN v.changed_at
    ELSE greatest(n.occurred_at, CASE WHEN v.changed_at > n.changed_at THEN v.changed_at ELSE getvariable('told_at') END)
  END AS occurred_at,
  getvariable('told_now') AS learned_at,
  getvariable('told_at') AS told_at
FROM item_versions AS v
LEFT JOIN newest_items AS n USING (source, item);

DELETE FROM roadmap_seen
USING told_versions AS t
WHERE roadmap_seen.source = t.source AND roadmap_seen.item = t.item;
INSERT INTO roadmap_seen SELECT source, item, changed_at FROM told_versions WHERE is_last;
