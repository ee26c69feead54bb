SELECT ts, source, provider, billing_account, budget, team, currency, actual AS value
FROM known_budgets
WHERE actual IS NOT NULL
