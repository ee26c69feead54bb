WITH asked AS (
  SELECT effective_at, charge_day, team, currency, billed, effective, list, contracted
  FROM allocations_known
),
moments AS (
  -- The first instant asked at which a posting counts: looked up per distinct time, not per posting.
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
wanted AS (
  SELECT i.ts, charge_month
  FROM instants AS i
  CROSS JOIN (SELECT DISTINCT date_trunc('month', charge_day)::DATE AS charge_month FROM asked)
),
