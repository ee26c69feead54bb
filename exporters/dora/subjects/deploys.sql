SELECT
  ts, 'service' AS kind, service AS subject, team, service, environment,
  CASE WHEN max(finished_at) > ts - INTERVAL 90 DAY THEN 'pass' ELSE 'fail' END AS state,
  CASE WHEN max(finished_at) <= ts - INTERVAL 90 DAY
    THEN concat('last deployed on ', strftime(max(finished_at), '%Y-%m-%d')) END AS detail
FROM at_instants
WHERE finished_at IS NOT NULL AND service NOT IN ('', 'unassigned')
GROUP BY ts, team, service, environment
