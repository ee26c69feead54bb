/** Whose money is held against whose, whatever name a source has for the account. */
import { accountKeys } from '../bills/same-account.ts';

/** SQL of the names of billing accounts on the bill, and in what it is held against, once per such `against`. */
export const accountNames = `
-- The bill of a period against the invoice, a second source of the same money and a provider's own budget. What is young
-- is left out where the two may be of different hours: days within estimated_days.
WITH others AS (
  SELECT DISTINCT 'invoice' AS against, provider, billing_account FROM invoices
  UNION SELECT DISTINCT source, provider, billing_account FROM second_charges_known
  UNION SELECT DISTINCT 'budget:' || budget, provider, billing_account FROM reconciled_budgets
),
account_names AS (
  SELECT against, provider, billing_account, bool_or(is_bill) AS is_bill, bool_or(NOT is_bill) AS is_other, ${accountKeys('name')}
  FROM (
    SELECT *, false AS is_bill FROM others
    UNION ALL
    SELECT against, provider, billing_account, true
    FROM (SELECT DISTINCT provider, billing_account FROM charge_keys)
    CROSS JOIN (SELECT DISTINCT against FROM others)
  ) AS name
  GROUP BY ALL
),`.trim();
