SELECT
  ts, team, CASE WHEN grouping(environment) = 1 THEN 'all' ELSE environment END AS environment,
  count(DISTINCT package) AS value
FROM open_vulnerabilities
GROUP BY GROUPING SETS ((ts, team, environment), (ts, team))
