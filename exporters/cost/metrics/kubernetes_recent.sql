-- What clusters cost in their last 7 complete days, as known at the instant.
WITH asked AS (
  SELECT effective_at, charge_day, cluster, currency, allocation, team, cost, requested, used
  FROM kubernetes_costs_known
  WHERE charge_day >= (SELECT min(ts)::DATE - 7 FROM instants)
    AND charge_day < (SELECT max(ts)::DATE FROM instants)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
postings AS (
  SELECT
    first_ts, charge_day, cluster, currency, allocation, team,
    sum(cost) AS cost, sum(requested) AS requested, sum(used) AS used
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
recent AS (
  SELECT
    i.ts, cluster, currency, allocation, team,
    sum(cost) AS cost, sum(requested) AS requested, sum(used) AS used
  FROM postings
  JOIN instants AS i ON first_ts <= i.ts AND charge_day >= i.ts::DATE - 7
  GROUP BY ALL
)
