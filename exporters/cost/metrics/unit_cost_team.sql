, team_quantities AS (
  SELECT ts, unit, team, sum(quantity) AS quantity
  FROM quantities
  WHERE team <> ''
  GROUP BY ALL
)
SELECT
  ts, unit, team, currency, sum(cost)::DOUBLE / any_value(quantity)::DOUBLE * any_value(per)::DOUBLE AS value
FROM costs
JOIN team_quantities USING (ts, unit, team)
JOIN (SELECT unit, per FROM unit_costs) AS units USING (unit)
WHERE quantity > 0
GROUP BY ALL
