-- Month to date cost of what each budget selects; services are the real ones, before the top N.
, asked AS (
  SELECT
    effective_at, date_trunc('month', charge_day)::DATE AS charge_month,
    team, service, environment, provider, currency, billed, effective, list, contracted
  FROM allocations_known
  WHERE charge_day >= (SELECT min(charge_month) FROM valid_budgets)
    AND charge_day < (SELECT max(charge_month) + INTERVAL 1 MONTH FROM valid_budgets)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
postings AS (
  SELECT
    first_ts, charge_month, team, service, environment, provider, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
selected AS (
  SELECT
    budget_id, first_ts, charge_month,
    sum(CASE b.cost_basis
      WHEN 'billed' THEN billed
      WHEN 'effective' THEN effective
      WHEN 'list' THEN list
      WHEN 'contracted' THEN contracted
    END) AS spent
  FROM numbered AS b
  JOIN postings AS p
    ON p.currency = b.currency
    AND (b.team = '' OR p.team = b.team)
    AND (b.service = '' OR p.service = b.service)
    AND (b.environment = '' OR p.environment = b.environment)
    AND (b.provider = '' OR p.provider = b.provider)
  GROUP BY ALL
),
spending AS (
  SELECT
    b.ts, b.budget, b.team, b.cost_basis, b.currency, b.amount, coalesce(sum(selected.spent), 0) AS spent
  FROM valid_budgets AS b
  LEFT JOIN selected
    ON selected.budget_id = b.budget_id AND selected.charge_month = b.charge_month AND selected.first_ts <= b.ts
  GROUP BY b.ts, b.budget_id, b.budget, b.team, b.cost_basis, b.currency, b.amount
)
