-- Images that run for nobody, and the namespaces in which they do; where nothing says what runs, those that documents
-- tell of, as everywhere.
unowned_runs AS (
  SELECT i.ts, r.name, r.place
  FROM running_spans AS r
  JOIN instants AS i ON i.ts >= r.from_at AND i.ts < r.until_at
  JOIN owners AS o ON o.owner_key = r.owner_key AND o.valid_from <= i.ts::DATE AND i.ts::DATE < o.valid_to
  LEFT JOIN places_at AS p ON p.ts = i.ts AND p.place = r.place
  WHERE o.team = 'unowned' AND o.split IS NULL AND NOT coalesce(p.is_stale, false)
  UNION ALL
  SELECT h.ts, a.name, '' AS place
  FROM heard_at AS h
  JOIN (SELECT DISTINCT artifact, name FROM artifacts WHERE kind = 'image') AS a USING (artifact)
  JOIN owners AS o ON o.owner_key = h.owner_key AND o.valid_from <= h.ts::DATE AND h.ts::DATE < o.valid_to
  WHERE o.team = 'unowned' AND o.split IS NULL
)
