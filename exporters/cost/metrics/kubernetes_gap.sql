-- On the last 30 complete days that are no longer estimated and that both tell: what the API says a cluster cost, idle
-- included, and what its splits shared out of the bill.
WITH cluster_splits AS (
  SELECT DISTINCT split, usage AS cluster, valid_from, valid_to
  FROM splits
  WHERE usage IN (SELECT cluster FROM kubernetes_clusters)
),
days_asked AS (
  SELECT min(ts)::DATE - 30 AS first_day, max(ts)::DATE AS end_day FROM instants
),
entries AS (
  SELECT effective_at, charge_day, cluster, currency, cost AS told, 0::DECIMAL(38,10) AS billed
  FROM kubernetes_costs_known
  CROSS JOIN days_asked
  WHERE charge_day >= first_day AND charge_day < end_day
  UNION ALL
  SELECT effective_at, charge_day, cluster, currency, 0, effective
  FROM split_costs_known
  JOIN cluster_splits USING (split)
  CROSS JOIN days_asked
  WHERE charge_day >= first_day AND charge_day < end_day AND valid_from <= charge_day AND charge_day < valid_to
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM entries) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
postings AS (
  SELECT first_ts, charge_day, cluster, currency, sum(told) AS told, sum(billed) AS billed
  FROM entries
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
by_day AS (
  SELECT i.ts, charge_day, cluster, currency, sum(told) AS told, sum(billed) AS billed
  FROM postings
  JOIN instants AS i
    ON first_ts <= i.ts AND charge_day >= i.ts::DATE - 30
    AND charge_day < i.ts::DATE - (SELECT value FROM cost_settings WHERE name = 'estimated_days')::INTEGER
  GROUP BY ALL
  HAVING sum(told) <> 0 AND sum(billed) <> 0
)
SELECT ts, cluster, currency, (sum(told) - sum(billed))::DOUBLE / sum(billed)::DOUBLE AS value
FROM by_day
GROUP BY ALL
HAVING sum(billed) > 0
