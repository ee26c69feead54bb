SELECT ts, team, CASE WHEN covered.service IS NULL THEN 'uncovered' ELSE 'covered' END AS coverage, count(*) AS value
FROM instants
CROSS JOIN catalog_services AS s
LEFT JOIN covered USING (ts, service)
GROUP BY ALL
