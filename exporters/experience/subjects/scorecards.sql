-- Each service's standing in each scorecard with levels; below the first level of any of them it fails.
SELECT
  ts, 'service' AS kind, service AS subject, team, service,
  CASE WHEN bool_or(rank = 0) THEN 'fail' ELSE 'pass' END AS state,
  string_agg(DISTINCT concat(scorecard, ': ', level), ', ' ORDER BY concat(scorecard, ': ', level)) AS detail
FROM standings_at
WHERE ranks > 0 AND service NOT IN ('', 'unassigned')
GROUP BY ts, team, service
