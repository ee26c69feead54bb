SELECT
  ts, charge_day AS day, team, cost_basis, reporting_currency AS currency,
  sum(reporting_cost)::DECIMAL(38, 10) AS value
FROM converted
WHERE rate IS NOT NULL
GROUP BY ALL
-- A day that has become 0 is a day without the series: the core publishes such a day as 0.
HAVING sum(reporting_cost)::DECIMAL(38, 10) <> 0
