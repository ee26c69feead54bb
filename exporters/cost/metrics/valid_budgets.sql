-- The budgets that hold on the instant's day; '' selects everything, valid_to is the first day that is out.
WITH valid_budgets AS (
  SELECT i.ts, date_trunc('month', i.ts)::DATE AS charge_month, budgets.*
  FROM instants AS i
  JOIN budgets
    ON (budgets.valid_from IS NULL OR budgets.valid_from <= i.ts::DATE)
    AND (budgets.valid_to IS NULL OR i.ts::DATE < budgets.valid_to)
)
