SELECT ts, budget, team, cost_basis, currency, spent AS value
FROM spending
