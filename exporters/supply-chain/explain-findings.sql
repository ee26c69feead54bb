SELECT *
FROM (
  SELECT
    engine, severity, state, regexp_extract(scope, '@(.*)$', 1) AS place, team, service, count(*) AS n,
    min(opened_at) AS oldest
  FROM found_at
  WHERE scope = $subject OR starts_with(scope, $subject || '@')
  GROUP BY ALL
)
ORDER BY
  list_position(['open', 'unknown', 'excepted'], state),
  list_position(['critical', 'high', 'medium', 'low', 'info', 'unknown'], severity), engine, place, team, service
