SELECT
  ts, 'service' AS kind, service AS subject, team, service, environment,
  CASE WHEN bool_or(basis = 'range') THEN 'pass' ELSE 'fail' END AS state,
  CASE WHEN NOT bool_or(basis = 'range') THEN string_agg(DISTINCT replace(basis, '_', ' '), ', ' ORDER BY replace(basis, '_', ' ')) END
    AS detail
FROM recent
GROUP BY ts, team, service, environment
