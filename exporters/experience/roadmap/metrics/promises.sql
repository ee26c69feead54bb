-- What was promised for each of the last five quarters whose first day is over, and what became of it. A promise is an
-- item that was open as it was told of at the end of the quarter's first day (UTC), and due in the quarter or in a cycle
-- that ends in it. What was told later, of that day too, was no promise; nor is anything of a source that had not told of
-- all its items by then. An export of that day may be read long after: its promises count from when they are known.
quarters AS (
  SELECT ts, starts, starts + INTERVAL 3 MONTH AS ends
  FROM (
    SELECT ts, unnest([date_trunc('quarter', ts)::TIMESTAMP - INTERVAL (3 * n) MONTH FOR n IN range(5)]) AS starts
    FROM instants
  )
  WHERE ts >= starts + INTERVAL 1 DAY
),
snapshots AS (
  SELECT starts, ends, source, min(effective_at) AS known_from
  FROM (SELECT DISTINCT starts, ends FROM quarters)
  JOIN roadmap_snapshots_known ON coalesce(told_at, learned_at) < starts + INTERVAL 1 DAY
  GROUP BY ALL
),
-- The versions told of by then: each holds from when it is known until a later one of them is.
by_then AS (
  SELECT
    s.starts, s.ends, v.*, greatest(s.known_from, v.effective_at) AS from_at,
    coalesce(min(v.effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
  FROM snapshots AS s
  JOIN roadmap_items_known AS v
    ON v.source = s.source
      AND coalesce(v.told_at, v.learned_at) < s.starts + INTERVAL 1 DAY
      AND v.occurred_at < s.starts + INTERVAL 1 DAY
  WINDOW newer AS (
    PARTITION BY s.starts, v.source, v.item ORDER BY v.version ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
  )
  QUALIFY until_at >= s.starts + INTERVAL 1 DAY
),
promised AS (
  SELECT starts, source, item, team, from_at, until_at
  FROM by_then
  JOIN owners USING (owner_key)
  WHERE valid_from <= starts::DATE AND starts::DATE < valid_to
    AND NOT is_deleted AND NOT is_office_hours AND status NOT IN ('done', 'cancelled')
    AND (
      (due_on >= starts::DATE AND due_on < ends::DATE) OR (cycle_until >= starts::DATE AND cycle_until < ends::DATE)
    )
),
-- As it is, and as it was when the quarter was over.
stands AS (
  SELECT
    q.ts, q.starts, q.ends, p.team, p.source, p.item,
    arg_max(struct_pack(status := v.status, is_deleted := v.is_deleted, ended_at := v.ended_at), v.version) AS now,
    arg_max(v.status, v.version) FILTER (v.occurred_at < q.ends) AS last_status
  FROM quarters AS q
  JOIN promised AS p ON p.starts = q.starts AND q.ts >= p.from_at AND q.ts < p.until_at
  JOIN roadmap_items_known AS v ON v.source = p.source AND v.item = p.item AND v.effective_at <= q.ts
  GROUP BY ALL
),
promises AS (
  SELECT
    ts, team, ts >= ends AS is_over, format('{}-Q{}', year(starts), quarter(starts)) AS quarter,
    CASE
      WHEN last_status = 'done' OR (now.status = 'done' AND now.ended_at < ends) THEN 'kept'
      WHEN now.status = 'done' THEN 'late'
      WHEN now.status = 'cancelled' OR now.is_deleted THEN 'dropped'
      WHEN ts < ends THEN 'open'
      ELSE 'missed'
    END AS outcome
  FROM stands
)
