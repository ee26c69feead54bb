-- Told where something is at risk at that age, or can't be as all are resolved.
SELECT
  ts, team, service, environment, severity, "window",
  CASE WHEN surviving < 1e-9 THEN 0 ELSE round(coalesce(surviving, 1), 12) END AS value
FROM reached
LEFT JOIN told USING (ts, team, service, environment, severity, "window")
CROSS JOIN limits
WHERE NOT coalesce(is_thin, false) AND (n >= CASE WHEN surviving IS NULL THEN minimum ELSE 1 END OR surviving < 1e-9)
