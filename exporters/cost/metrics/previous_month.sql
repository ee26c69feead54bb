SELECT ts, team, service, environment, cost_basis, currency, value
FROM by_basis
WHERE months_ago = 1 AND value <> 0
