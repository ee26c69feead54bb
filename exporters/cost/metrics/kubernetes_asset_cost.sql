WITH asked AS (
  SELECT effective_at, charge_day, cluster, currency, asset_type, cost
  FROM kubernetes_assets_known
  WHERE charge_day >= (SELECT min(ts)::DATE - 7 FROM instants)
    AND charge_day < (SELECT max(ts)::DATE FROM instants)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
)
SELECT i.ts, cluster, asset_type, currency, sum(cost) AS value
FROM asked
JOIN moments USING (effective_at)
JOIN instants AS i ON first_ts <= i.ts AND charge_day >= i.ts::DATE - 7
GROUP BY ALL
