SELECT
  ts, 'service' AS kind, service AS subject, team, service, environment,
  CASE WHEN bool_and(is_declared) THEN 'pass' ELSE 'fail' END AS state,
  CASE WHEN NOT bool_and(is_declared) THEN concat('outside of the declared pipelines: ', string_agg(
    DISTINCT CASE WHEN task = '' THEN 'by hand' ELSE task END, ', '
    ORDER BY CASE WHEN task = '' THEN 'by hand' ELSE task END
  ) FILTER (NOT is_declared)) END AS detail
FROM recent
GROUP BY ts, team, service, environment
