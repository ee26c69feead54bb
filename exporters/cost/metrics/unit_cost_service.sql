SELECT
  ts, unit, team, service, currency, sum(cost)::DOUBLE / any_value(quantity)::DOUBLE * any_value(per)::DOUBLE AS value
FROM costs
JOIN quantities USING (ts, unit, team, service)
JOIN (SELECT unit, per FROM unit_costs) AS units USING (unit)
WHERE quantity > 0
GROUP BY ALL
