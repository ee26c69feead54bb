-- The bill of a period against the invoice, a second source of the same money and a provider's own budget. What is young
-- is left out where the two may be of different hours: days within `estimated_days`.
WITH settled AS (
  SELECT ts, ts::DATE - (SELECT value FROM cost_settings WHERE name = 'estimated_days')::INTEGER AS settled_before
  FROM instants
),
bill AS (
  SELECT effective_at, provider, billing_account, billing_period, charge_day, currency, sum(billed) AS billed
  FROM (
    SELECT effective_at, key_id, billing_period, charge_day, sum(billed) AS billed
    FROM charges_known
    WHERE key_id IN (
      SELECT key_id
      FROM charge_keys
      WHERE (provider, billing_account) IN (
        SELECT (provider, billing_account) FROM invoices
        UNION SELECT (provider, billing_account) FROM second_charges_known
        UNION SELECT (provider, billing_account) FROM reconciled_budgets
      )
    )
    GROUP BY ALL
  )
  JOIN charge_keys USING (key_id)
  GROUP BY ALL
),
invoiced AS (
  SELECT
    i.ts, provider, billing_account, 'invoice' AS against, 'ended' AS period, currency, billing_period,
    NULL::DATE AS days_before, total AS other
  FROM instants AS i
  JOIN invoices ON invoices.billing_period + INTERVAL 1 MONTH <= i.ts
  QUALIFY row_number() OVER (
    PARTITION BY i.ts, provider, billing_account, currency ORDER BY billing_period DESC
  ) = 1
),
second_days AS (
  SELECT
    effective_at, source, provider, billing_account, billing_period, charge_day, currency, sum(billed) AS billed
  FROM second_charges_known
  GROUP BY ALL
),
second_periods AS (
  -- The newest period that has ended, and the one that runs.
  SELECT
    ts, settled_before, source, provider, billing_account, currency, billing_period,
    CASE WHEN billing_period + INTERVAL 1 MONTH <= ts THEN 'ended' ELSE 'running' END AS period
  FROM (
    SELECT source, provider, billing_account, currency, billing_period, min(effective_at) AS effective_at
    FROM second_days
    GROUP BY ALL
  )
  JOIN settled ON effective_at <= ts
  QUALIFY row_number() OVER (
    PARTITION BY ts, source, provider, billing_account, currency, period ORDER BY billing_period DESC
  ) = 1
),
told_twice AS (
  SELECT
    ts, provider, billing_account, source AS against, period, currency, billing_period,
    settled_before AS days_before, sum(second_days.billed) AS other
  FROM second_periods
  JOIN second_days USING (source, provider, billing_account, currency, billing_period)
  WHERE second_days.effective_at <= ts AND second_days.charge_day < settled_before
  GROUP BY ALL
),
newest_days AS (
  SELECT ts, provider, billing_account, max(charge_day) AS newest_day
  FROM bill
  JOIN instants ON effective_at <= ts
  GROUP BY ALL
),
budgets_told AS (
  -- The newest actual of each period that was told on a day which the bill has reached.
  SELECT
    newest.ts, newest.provider, newest.billing_account, told.budget,
    CASE WHEN told.period_end < newest.ts::DATE THEN 'ended' ELSE 'running' END AS period,
    told.currency, told.period_start, told.period_end, told.actual, told.learned_at::DATE AS told_on,
    -- From the first day on; so many days back it may not know yet.
    told.learned_at::DATE - (SELECT value FROM cost_settings WHERE name = 'estimated_days')::INTEGER AS settled_before
  FROM vendor_budgets AS told
  JOIN reconciled_budgets AS reconciled ON reconciled.source = told.source AND reconciled.budget = told.budget
  JOIN newest_days AS newest
    ON newest.provider = reconciled.provider AND newest.billing_account = reconciled.billing_account
    AND told.learned_at <= newest.ts AND told.learned_at::DATE <= newest.newest_day
  QUALIFY row_number() OVER (
    PARTITION BY newest.ts, newest.provider, newest.billing_account, told.source, told.budget, period
    ORDER BY told.period_start DESC, told.learned_at DESC
  ) = 1
),
budget_bounds AS (
  SELECT
    told.ts, told.provider, told.billing_account, told.budget, told.period, told.currency, told.actual,
    coalesce(sum(bill.billed) FILTER (WHERE bill.charge_day < told.settled_before), 0) AS settled_bill,
    coalesce(sum(bill.billed), 0) AS whole_bill
  FROM budgets_told AS told
  LEFT JOIN bill
    ON bill.provider = told.provider AND bill.billing_account = told.billing_account
    AND bill.currency = told.currency AND bill.effective_at <= told.ts
    AND bill.charge_day BETWEEN told.period_start AND least(told.period_end, told.told_on)
  WHERE told.actual <> 0
  GROUP BY ALL
),
compared AS (
  SELECT * FROM invoiced
  UNION ALL
  SELECT * FROM told_twice
)
SELECT
  compared.ts, compared.provider, compared.billing_account, compared.against, compared.period, compared.currency,
  (coalesce(sum(bill.billed), 0) - compared.other)::DOUBLE / compared.other::DOUBLE AS value
FROM compared
LEFT JOIN bill
  ON bill.provider = compared.provider AND bill.billing_account = compared.billing_account
  AND bill.billing_period = compared.billing_period AND bill.currency = compared.currency
  AND bill.effective_at <= compared.ts
  AND (compared.days_before IS NULL OR bill.charge_day < compared.days_before)
WHERE compared.other <> 0
GROUP BY
  compared.ts, compared.provider, compared.billing_account, compared.against, compared.period, compared.currency,
  compared.other
UNION ALL
-- An actual between what was settled and what was spent agrees with both.
SELECT
  ts, provider, billing_account, 'budget:' || budget, period, currency,
  (
    greatest(least(actual, greatest(settled_bill, whole_bill)), least(settled_bill, whole_bill)) - actual
  )::DOUBLE / actual::DOUBLE
FROM budget_bounds
