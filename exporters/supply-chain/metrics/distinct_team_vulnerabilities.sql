SELECT
  ts, team, CASE WHEN grouping(environment) = 1 THEN 'all' ELSE environment END AS environment,
  count(DISTINCT policy) AS value
FROM findings_at
WHERE engine = 'vulnerability' AND state = 'open'
GROUP BY GROUPING SETS ((ts, team, environment), (ts, team))
