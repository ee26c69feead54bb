-- Services that have cost, by the budgets of their own where there are some, else by those of their team.
, spending_days AS (
  SELECT DISTINCT effective_at, charge_day, team, service
  FROM allocations_known
  WHERE service NOT IN ('', 'unassigned') AND charge_day >= (SELECT min(ts)::DATE - 35 FROM instants)
),
-- A month that has just begun has no cost yet, and its budgets are not exceeded.
services AS (
  SELECT DISTINCT i.ts, s.team, s.service
  FROM spending_days AS s
  JOIN instants AS i ON s.effective_at <= i.ts AND s.charge_day >= i.ts::DATE - 35
),
judged AS (
  SELECT
    b.ts, b.budget, b.team, n.service, coalesce(sum(selected.spent), 0) > b.amount AS is_exceeded
  FROM valid_budgets AS b
  JOIN numbered AS n USING (budget_id)
  LEFT JOIN selected
    ON selected.budget_id = b.budget_id AND selected.charge_month = b.charge_month AND selected.first_ts <= b.ts
  WHERE b.team <> '' OR n.service <> ''
  GROUP BY b.ts, b.budget_id, b.budget, b.team, n.service, b.amount
),
matched AS (
  SELECT s.ts, s.team, s.service, j.budget, j.is_exceeded, j.service <> '' AS is_own
  FROM services AS s
  JOIN judged AS j
    ON j.ts = s.ts AND (j.team = '' OR j.team = s.team) AND (j.service = '' OR j.service = s.service)
),
counted AS (FROM matched QUALIFY is_own OR NOT bool_or(is_own) OVER (PARTITION BY ts, team, service))
SELECT
  ts, 'service' AS kind, service AS subject, team, service,
  CASE WHEN bool_or(is_exceeded) THEN 'fail' ELSE 'pass' END AS state,
  CASE WHEN bool_or(is_exceeded)
    THEN concat('exceeded: ', string_agg(DISTINCT budget, ', ' ORDER BY budget) FILTER (is_exceeded))
  END AS detail
FROM counted
GROUP BY ts, team, service
