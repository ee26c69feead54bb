SELECT
  ts, CASE WHEN grouping(environment) = 1 THEN 'all' ELSE environment END AS environment,
  count(DISTINCT package) AS value
FROM open_vulnerabilities
GROUP BY GROUPING SETS ((ts, environment), (ts))
