-- Who had cost in the month before is there at 0, so that no panel is empty before the month's first bill.
SELECT
  ts, team, cost_basis, reporting_currency AS currency,
  coalesce(sum(reporting_cost) FILTER (WHERE charge_day >= date_trunc('month', ts)), 0)::DECIMAL(38, 10) AS value
FROM converted
WHERE charge_day >= date_trunc('month', ts) - INTERVAL 1 MONTH AND charge_day < date_trunc('month', ts) + INTERVAL 1 MONTH
  AND rate IS NOT NULL
GROUP BY ALL
HAVING count(*) FILTER (WHERE cost <> 0) > 0
