SELECT
  ts, cost_basis, currency,
  coalesce(sum(cost) FILTER (WHERE rate IS NULL), 0) AS value
FROM converted
WHERE charge_day >= date_trunc('month', ts) - INTERVAL 1 MONTH AND charge_day < date_trunc('month', ts) + INTERVAL 1 MONTH
GROUP BY ALL
