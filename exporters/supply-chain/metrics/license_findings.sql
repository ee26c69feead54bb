SELECT
  o.ts, o.team, o.environment, CASE WHEN p.place <= 50 THEN o.license ELSE 'other' END AS license, o.severity,
  sum(o.n)::BIGINT AS value
FROM owned AS o
JOIN places AS p ON p.ts = o.ts AND p.license = o.license
GROUP BY ALL
