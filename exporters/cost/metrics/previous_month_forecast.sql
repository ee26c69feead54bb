SELECT ts, team, 'effective' AS cost_basis, currency, forecast_day, bound, value
FROM forecasts
JOIN subjects USING (series)
