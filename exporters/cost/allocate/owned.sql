-- The charges of the days in allocation_days with their owner of the day, and the split that shares them out.
CREATE OR REPLACE TEMP TABLE owned_charges AS
WITH due AS (
  SELECT
    charge_day, billing_period, key_id,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM charges
  WHERE charge_day IN (SELECT charge_day FROM allocation_days)
  GROUP BY ALL
),
owned AS (
  SELECT
    charge_day, billing_period,
    coalesce(owners.team, 'unowned') AS team, coalesce(owners.service, 'unassigned') AS service,
    coalesce(owners.environment, 'unassigned') AS environment, nullif(owners.split, '') AS split,
    provider, service_category, service_name,
    CASE
      WHEN charge_category = 'Usage' AND commitment_status = 'Unused' THEN 'UnusedCommitment'
      ELSE charge_category
    END AS charge_category,
    currency, tagging, billed, effective, list, contracted
  FROM due
  JOIN charge_keys USING (key_id)
  LEFT JOIN owners
    ON owners.owner_key = charge_keys.owner_key
    AND owners.valid_from <= charge_day AND charge_day < owners.valid_to
)
SELECT
  charge_day, billing_period, team, service, environment, split, provider, service_category, service_name,
  charge_category, currency, tagging,
  sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
FROM owned
GROUP BY ALL;
