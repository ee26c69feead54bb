compared AS (
  SELECT
    n.ts, c.team, c."check", concat(b.days, 'd') AS "window", c.service, c.state, p.state AS before, c.is_required
  FROM asked AS n
  JOIN checks_at AS c ON c.moment = n.moment
  JOIN asked AS b ON b.ts = n.ts AND b.days > 0
  JOIN checks_at AS p ON p.moment = b.moment AND p.service = c.service AND p."check" = c."check"
  WHERE n.days = 0
)
