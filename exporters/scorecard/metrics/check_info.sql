SELECT
  ts, id AS "check", title, level, CASE WHEN is_required THEN 'yes' ELSE 'no' END AS required, exporter, 1 AS value
FROM instants
CROSS JOIN scorecard_checks
