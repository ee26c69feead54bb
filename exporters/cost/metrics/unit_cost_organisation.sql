, all_quantities AS (
  SELECT ts, unit, sum(quantity) AS quantity
  FROM quantities
  GROUP BY ALL
)
SELECT
  ts, unit, currency, sum(cost)::DOUBLE / any_value(quantity)::DOUBLE * any_value(per)::DOUBLE AS value
FROM costs
JOIN all_quantities USING (ts, unit)
JOIN (SELECT unit, per FROM unit_costs) AS units USING (unit)
WHERE quantity > 0
GROUP BY ALL
