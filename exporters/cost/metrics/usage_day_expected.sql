SELECT ts, team, service, 'effective' AS cost_basis, currency, expected AS value
FROM usage_days
