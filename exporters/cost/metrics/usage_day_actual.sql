SELECT ts, team, service, 'effective' AS cost_basis, currency, actual AS value
FROM usage_days
