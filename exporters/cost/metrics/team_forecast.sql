SELECT ts, team, 'effective' AS cost_basis, currency, bound, value
FROM forecasts
JOIN subjects USING (series)
