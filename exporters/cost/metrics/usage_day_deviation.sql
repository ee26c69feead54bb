-- Of the larger of both, so that what is new is 1, what is gone is -1, and twice or half the expected is 0.5 or -0.5.
SELECT ts, team, service, 'effective' AS cost_basis, currency, (actual - expected) / size AS value
FROM usage_days
