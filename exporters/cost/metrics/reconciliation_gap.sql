-- Follows the names of reconciliation.ts.
settled AS (
  SELECT ts, ts::DATE - (SELECT value FROM cost_settings WHERE name = 'estimated_days')::INTEGER AS settled_before
  FROM instants
),
account_groups AS (
  -- Where either side doesn't tell an account's profiles apart, all of them are held against each other at once.
  SELECT
    * EXCLUDE (profile_key),
    CASE WHEN bool_or(profile_key = '') OVER account THEN '' ELSE profile_key END AS profile_key,
    profile_key <> '' AS is_profile
  FROM account_names
  WINDOW account AS (PARTITION BY against, provider_key, account_key)
),
accounts AS (
  -- A group's name is the bill's where it has one for all of the group.
  SELECT
    against, provider, billing_account, first_value(provider) OVER in_order AS as_provider,
    first_value(billing_account) OVER in_order AS as_account
  FROM account_groups
  WINDOW
    in_order AS (
      PARTITION BY against, provider_key, account_key, profile_key
      ORDER BY is_profile, NOT is_bill, provider, billing_account
    )
  QUALIFY bool_or(is_other) OVER (PARTITION BY against, provider_key, account_key, profile_key)
),
bill AS (
  SELECT
    effective_at, against, as_provider AS provider, as_account AS billing_account, billing_period, charge_day, currency,
    sum(billed) AS billed
  FROM (
    SELECT effective_at, key_id, billing_period, charge_day, sum(billed) AS billed
    FROM charges_known
    WHERE key_id IN (SELECT key_id FROM charge_keys JOIN accounts USING (provider, billing_account))
    GROUP BY ALL
  )
  JOIN charge_keys USING (key_id)
  JOIN accounts USING (provider, billing_account)
  GROUP BY ALL
),
invoiced AS (
  SELECT
    i.ts, as_provider AS provider, as_account AS billing_account, against, 'ended' AS period, currency, billing_period,
    NULL::DATE AS days_before, other
  FROM instants AS i
  JOIN (
    SELECT against, as_provider, as_account, currency, billing_period, sum(total) AS other
    FROM invoices
    JOIN accounts USING (provider, billing_account)
    WHERE against = 'invoice'
    GROUP BY ALL
  ) AS invoices
    ON billing_period + INTERVAL 1 MONTH <= i.ts
  QUALIFY row_number() OVER (
    PARTITION BY i.ts, as_provider, as_account, currency ORDER BY billing_period DESC
  ) = 1
),
second_days AS (
  SELECT
    effective_at, source, as_provider AS provider, as_account AS billing_account, billing_period, charge_day, currency,
    sum(billed) AS billed
  FROM second_charges_known AS told
  JOIN accounts
    ON accounts.against = told.source AND accounts.provider = told.provider
    AND accounts.billing_account = told.billing_account
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
  SELECT ts, against, provider, billing_account, max(charge_day) AS newest_day
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
  JOIN accounts
    ON accounts.against = 'budget:' || reconciled.budget AND accounts.provider = reconciled.provider
    AND accounts.billing_account = reconciled.billing_account
  JOIN newest_days AS newest
    ON newest.against = accounts.against AND newest.provider = accounts.as_provider
    AND newest.billing_account = accounts.as_account AND told.learned_at <= newest.ts AND told.learned_at::DATE <= newest.newest_day
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
    ON bill.against = 'budget:' || told.budget AND bill.provider = told.provider AND bill.billing_account = told.billing_account
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
  CASE
    WHEN compared.other <> 0
      THEN (coalesce(sum(bill.billed), 0) - compared.other)::DOUBLE / compared.other::DOUBLE
    -- Over nothing there is no ratio: what the bill has beyond it is all of the bill.
    ELSE sign(coalesce(sum(bill.billed), 0))::DOUBLE
  END AS value
FROM compared
LEFT JOIN bill
  ON bill.against = compared.against AND bill.provider = compared.provider AND bill.billing_account = compared.billing_account
  AND bill.billing_period = compared.billing_period AND bill.currency = compared.currency
  AND bill.effective_at <= compared.ts
  AND (compared.days_before IS NULL OR bill.charge_day < compared.days_before)
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
