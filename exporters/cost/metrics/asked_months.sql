-- The postings of each instant's calendar month and the one before; nothing else of the ledger is read.
WITH months AS (
  SELECT ts, months_ago, (date_trunc('month', ts) - to_months(months_ago))::DATE AS charge_month
  FROM instants
  CROSS JOIN (VALUES (0), (1)) AS ago (months_ago)
),
asked AS (
  SELECT
    effective_at, date_trunc('month', charge_day)::DATE AS charge_month,
    team, service, environment, provider, coalesce(nullif(service_name, ''), 'unnamed') AS service_name, currency,
    billed, effective, list, contracted
  FROM allocations_known
  WHERE charge_day >= (SELECT min(charge_month) FROM months)
    AND charge_day < (SELECT max(charge_month) + INTERVAL 1 MONTH FROM months)
),
moments AS (
  -- The first instant asked at which a posting counts: looked up per distinct time, not per posting.
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
