-- The budgets that hold on the instant's day; '' selects everything, valid_to is the first day that is out.
WITH numbered AS (
  SELECT
    row_number() OVER (ORDER BY budget, team, cost_basis, currency, valid_from, amount) AS budget_id, budgets.*
  FROM budgets
),
valid_budgets AS (
  SELECT i.ts, date_trunc('month', i.ts)::DATE AS charge_month, numbered.*
  FROM instants AS i
  JOIN numbered ON (valid_from IS NULL OR valid_from <= i.ts::DATE) AND (valid_to IS NULL OR i.ts::DATE < valid_to)
)
