SELECT ts, team, service, 'effective' AS cost_basis, currency, epoch(settled_day)::BIGINT AS value
FROM usage_days
