SELECT
  ts, team, service, "check", 1 AS value
FROM compared
WHERE is_required AND "window" = '7d' AND state = 'fail' AND before = 'pass'
