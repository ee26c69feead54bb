-- The parts of shared charges. Money is split in whole units of 1e-10: each sharer has the truncated share of its weight,
-- and the units left over go to the largest remainders, by name where those are equal. So the parts sum to the bill to
-- the last digit.
CREATE OR REPLACE TEMP TABLE split_charges AS
WITH shared AS (
  SELECT row_number() OVER () AS charge_id, * FROM owned_charges WHERE split IS NOT NULL
),
units AS (
  SELECT
    charge_id, charge_day, split, currency, unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis,
    (unnest([billed, effective, list, contracted]) * 10000000000::DECIMAL(11,0))::HUGEINT AS units
  FROM shared
),
shares AS (
  SELECT
    charge_id, cost_basis, sharer, team, service, environment, units,
    abs(units) * weight // total_weight AS share, abs(units) * weight % total_weight AS remainder
  FROM units
  JOIN split_weights USING (charge_day, split, currency)
),
parts AS (
  SELECT
    charge_id, cost_basis, sharer,
    sign(units)::HUGEINT * (
      share
      + CASE
        WHEN row_number() OVER (one_charge ORDER BY remainder DESC, team, service, environment)
          <= abs(units) - sum(share) OVER one_charge THEN 1
        ELSE 0
      END
    ) AS units
  FROM shares
  WINDOW one_charge AS (PARTITION BY charge_id, cost_basis)
),
amounts AS (
  SELECT
    charge_id, sharer, cost_basis, units::DECIMAL(38,0) * 0.0000000001::DECIMAL(11,10) AS amount
  FROM parts
)
SELECT
  shared.charge_day, shared.billing_period, coalesce(nullif(weights.team, ''), shared.team) AS team,
  -- The split's own name says what was shared, where neither usage nor a rule gives a service.
  CASE
    WHEN weights.service NOT IN ('', 'unassigned') THEN weights.service
    WHEN shared.service = 'unassigned' THEN shared.split
    ELSE shared.service
  END AS service,
  CASE WHEN weights.environment NOT IN ('', 'unassigned') THEN weights.environment ELSE shared.environment END
    AS environment,
  shared.provider, shared.service_category, shared.service_name, shared.charge_category,
  shared.currency, shared.tagging,
  sum(CASE WHEN cost_basis = 'billed' THEN amount ELSE 0 END) AS billed,
  sum(CASE WHEN cost_basis = 'effective' THEN amount ELSE 0 END) AS effective,
  sum(CASE WHEN cost_basis = 'list' THEN amount ELSE 0 END) AS list,
  sum(CASE WHEN cost_basis = 'contracted' THEN amount ELSE 0 END) AS contracted
FROM amounts
JOIN shared USING (charge_id)
JOIN split_weights AS weights USING (sharer)
GROUP BY ALL;
