SELECT ts, source, provider, billing_account, budget, team, currency, amount AS value
FROM known_budgets
WHERE amount IS NOT NULL
