SELECT ts, team, CASE WHEN covered.service IS NULL THEN 'uncovered' ELSE 'covered' END AS coverage, count(*) AS value
FROM instants
JOIN catalog_services AS s ON s.valid_from <= ts::DATE AND ts::DATE < s.valid_to
LEFT JOIN covered USING (ts, service)
GROUP BY ALL
