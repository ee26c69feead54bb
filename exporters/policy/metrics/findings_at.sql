-- Each finding once at each instant, whichever scopes it is in: open where it is in one of them, and since when it is in
-- the one that knows it longest.
several_scopes AS (SELECT ts, finding FROM found_at GROUP BY ALL HAVING count(*) > 1),
findings_at AS (
  FROM found_at ANTI JOIN several_scopes USING (ts, finding)
  UNION ALL
  FROM found_at
  SEMI JOIN several_scopes USING (ts, finding)
  QUALIFY row_number() OVER (
    PARTITION BY ts, finding ORDER BY list_position(['open', 'unknown', 'excepted'], state), opened_at, scope
  ) = 1
)
