SELECT ts, budget, team, cost_basis, currency, bound, value
FROM forecasts
JOIN subjects USING (series)
WHERE (valid_from IS NULL OR valid_from <= ts::DATE) AND (valid_to IS NULL OR ts::DATE < valid_to)
