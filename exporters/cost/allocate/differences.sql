-- What differs from the sum of the postings there are. A part that is gone is taken back.
CREATE OR REPLACE TEMP TABLE allocation_differences AS
WITH entries AS (
  FROM split_charges
  UNION ALL
  -- A charge whose split is unknown on its day, or has nobody to share it, stays with its owner.
  SELECT owned_charges.* EXCLUDE (split)
  FROM owned_charges
  WHERE split IS NULL OR (charge_day, split, currency) NOT IN (SELECT (charge_day, split, currency) FROM split_weights)
  UNION ALL
  SELECT
    charge_day, billing_period, team, service, environment, provider, service_category, service_name, charge_category,
    currency, tagging, -billed, -effective, -list, -contracted
  FROM allocations
  WHERE charge_day IN (SELECT charge_day FROM allocation_days)
)
SELECT
  charge_day, billing_period, team, service, environment, provider, service_category, service_name, charge_category,
  currency, tagging,
  sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
FROM entries
GROUP BY ALL
HAVING sum(billed) <> 0 OR sum(effective) <> 0 OR sum(list) <> 0 OR sum(contracted) <> 0;

-- What each split shared out, where that differs from what is posted.
CREATE OR REPLACE TEMP TABLE split_differences AS
WITH entries AS (
  SELECT charge_day, split, currency, billed, effective FROM owned_charges WHERE split IS NOT NULL
  UNION ALL
  SELECT charge_day, split, currency, -billed, -effective
  FROM split_costs
  WHERE charge_day IN (SELECT charge_day FROM allocation_days)
)
SELECT charge_day, split, currency, sum(billed) AS billed, sum(effective) AS effective
FROM entries
GROUP BY ALL
HAVING sum(billed) <> 0 OR sum(effective) <> 0;
