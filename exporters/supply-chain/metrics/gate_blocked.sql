SELECT
  ts, team, environment, CASE verdict WHEN 'blocked' THEN 'enforce' ELSE 'warn' END AS mode, rule, count(*) AS value
FROM verdicts_at
WHERE verdict IN ('blocked', 'warned')
GROUP BY ALL
