SELECT ts, budget, team, cost_basis, currency, amount AS value
FROM valid_budgets
