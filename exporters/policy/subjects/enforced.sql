SELECT
  i.ts, 'service' AS kind, s.service AS subject, s.team, s.service,
  CASE WHEN o.n > 0 THEN 'fail' WHEN c.service IS NULL THEN 'unknown' ELSE 'pass' END AS state,
  o.since, left(o.named, 200) AS detail, o.n AS amount, CASE WHEN o.n > 0 THEN 'findings' END AS unit
FROM instants AS i
JOIN catalog_services AS s ON s.valid_from <= i.ts::DATE AND i.ts::DATE < s.valid_to
LEFT JOIN covered AS c ON c.ts = i.ts AND c.service = s.service
LEFT JOIN open_now AS o ON o.ts = i.ts AND o.service = s.service
