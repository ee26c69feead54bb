SELECT ts, budget, team, cost_basis, currency, spent::DOUBLE / amount::DOUBLE AS value
FROM spending
WHERE amount > 0
