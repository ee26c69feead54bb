SELECT
  ts, team, "check", direction, "window",
  count(*) FILTER (
    CASE direction WHEN 'failing' THEN state = 'fail' AND before = 'pass' ELSE state = 'pass' AND before = 'fail' END
  ) AS value
FROM compared
CROSS JOIN (VALUES ('failing'), ('recovered')) AS d(direction)
GROUP BY ALL
