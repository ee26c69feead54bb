SELECT
  moment AS ts, "check",
  count(*) FILTER (state = 'pass')::DOUBLE / nullif(count(*) FILTER (state IN ('pass', 'fail')), 0)::DOUBLE AS value
FROM checks_at
GROUP BY ALL
