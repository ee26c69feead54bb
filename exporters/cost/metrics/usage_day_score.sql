-- No series is so steady that 5 % more is news.
SELECT ts, team, service, 'effective' AS cost_basis, currency, (actual - expected) / greatest(spread, 0.05 * size) AS value
FROM usage_days
