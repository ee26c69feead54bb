-- Told where something is at risk at that age, or can't be as all are resolved.
SELECT
  ts, team, service, severity, "window",
  CASE WHEN surviving < 1e-9 THEN 0 ELSE round(coalesce(surviving, 1), 12) END AS value
FROM reached
LEFT JOIN told USING (series)
JOIN named USING (series)
LEFT JOIN thin USING (series)
CROSS JOIN limits
WHERE
  coalesce(thin_from > age_limit, true)
  AND (n >= CASE WHEN surviving IS NULL THEN minimum ELSE 1 END OR surviving < 1e-9)
