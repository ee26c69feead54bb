SELECT ts, source, provider, billing_account, budget, team, currency, forecast AS value
FROM known_budgets
WHERE forecast IS NOT NULL
