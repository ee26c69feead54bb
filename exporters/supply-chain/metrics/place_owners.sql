-- A place is of everyone that something runs for there; one without anything of whom its list is said to be.
place_owners AS (
  SELECT DISTINCT i.ts, r.place, r.owner_key
  FROM running_spans AS r
  JOIN instants AS i ON i.ts >= r.from_at AND i.ts < r.until_at
),
places_owned AS (
  SELECT p.ts, p.place, p.is_stale, coalesce(o.owner_key, p.owner_key) AS owner_key
  FROM places_at AS p
  LEFT JOIN place_owners AS o USING (ts, place)
)
