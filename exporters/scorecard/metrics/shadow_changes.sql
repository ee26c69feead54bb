SELECT
  n.ts, k.kind, d.direction, concat(b.days, 'd') AS "window",
  CASE d.direction
    WHEN 'appeared' THEN (
      SELECT count(*) FROM shadow_at AS s WHERE s.moment = n.moment AND s.kind = k.kind
        AND NOT EXISTS (FROM shadow_at AS p WHERE p.moment = b.moment AND p.kind = s.kind AND p.subject = s.subject)
    )
    ELSE (
      SELECT count(*) FROM shadow_at AS s WHERE s.moment = b.moment AND s.kind = k.kind
        AND NOT EXISTS (FROM shadow_at AS p WHERE p.moment = n.moment AND p.kind = s.kind AND p.subject = s.subject)
    )
  END AS value
FROM asked AS n
JOIN asked AS b ON b.ts = n.ts AND b.days > 0
CROSS JOIN (SELECT DISTINCT kind FROM shadow_at) AS k
CROSS JOIN (VALUES ('appeared'), ('gone')) AS d(direction)
WHERE n.days = 0
