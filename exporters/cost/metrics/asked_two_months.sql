-- The postings of each instant's calendar month and the one before, by day.
WITH asked AS (
  SELECT effective_at, charge_day, team, currency, billed, effective, list, contracted
  FROM allocations_known
  WHERE charge_day >= (SELECT date_trunc('month', min(ts)) - INTERVAL 1 MONTH FROM instants)
    AND charge_day < (SELECT max(ts) FROM instants)
),
moments AS (
  -- The first instant asked at which a posting counts: looked up per distinct time, not per posting.
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
wanted AS (
  SELECT ts, (date_trunc('month', ts) - to_months(months_ago))::DATE AS charge_month
  FROM instants
  CROSS JOIN (VALUES (0), (1)) AS ago (months_ago)
),
