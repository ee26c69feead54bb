SELECT
  ts, 'service' AS kind, service AS subject, any_value(team) AS team, service,
  CASE WHEN any_value(n) > 0 THEN 'fail' ELSE 'pass' END AS state, any_value(since) AS since,
  left(any_value(names), 200) AS detail
FROM services
LEFT JOIN expired USING (ts, service)
GROUP BY ts, service
