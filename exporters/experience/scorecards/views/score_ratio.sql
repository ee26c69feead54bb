SELECT ts, team, service, scorecard, ratio AS value
FROM service_ratios
SEMI JOIN (
  SELECT ts, team, service
  FROM service_ratios
  GROUP BY ts, team, service
  QUALIFY row_number() OVER (PARTITION BY ts ORDER BY min(ratio), team, service)
    <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_services'), 300)
) USING (ts, team, service)
