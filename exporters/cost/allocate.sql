-- Who bears the charges of the days in days_to_allocate: owned charges go to their owner, shared ones are split. Money is
-- split in whole units of 1e-10: each team has the truncated share of its weight, and the units left over go to the
-- largest remainders, by team name where those are equal. So the parts sum to the bill to the last digit.

CREATE OR REPLACE TEMP TABLE allocation_days AS SELECT DISTINCT charge_day FROM days_to_allocate;

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

-- The weight of each team in each split, by day and currency.
CREATE OR REPLACE TEMP TABLE split_weights AS
WITH own_spend AS (
  SELECT charge_day, currency, team, sum(effective) AS effective
  FROM owned_charges
  WHERE split IS NULL AND team <> 'unowned'
  GROUP BY ALL
),
-- A split that lists no teams is shared by those with spend of their own on the day, else by all that own anything.
spenders AS (
  SELECT charge_day, team FROM own_spend GROUP BY ALL HAVING bool_or(effective <> 0)
),
all_teams AS (
  SELECT DISTINCT charge_day, team
  FROM allocation_days
  JOIN owners ON valid_from <= charge_day AND charge_day < valid_to
  WHERE team <> 'unowned' AND charge_day NOT IN (SELECT charge_day FROM spenders)
),
listed AS (
  SELECT charge_day, split, method, nullif(splits.team, '') AS team, weight
  FROM allocation_days
  JOIN splits ON valid_from <= charge_day AND charge_day < valid_to
),
sharers AS (
  SELECT charge_day, split, method, team, weight FROM listed WHERE team IS NOT NULL
  UNION
  SELECT charge_day, split, method, others.team, NULL
  FROM listed
  JOIN (FROM spenders UNION FROM all_teams) AS others USING (charge_day)
  WHERE listed.team IS NULL
),
shared AS (
  SELECT DISTINCT charge_day, split, currency FROM owned_charges WHERE split IS NOT NULL
),
weighed AS (
  SELECT
    charge_day, split, currency, sharers.team,
    CASE method
      WHEN 'fixed' THEN greatest(coalesce(weight, 0), 0)::HUGEINT
      WHEN 'proportional' THEN (greatest(coalesce(effective, 0), 0) * 10000000000::DECIMAL(11,0))::HUGEINT
      ELSE 1::HUGEINT
    END AS weight
  FROM shared
  JOIN sharers USING (charge_day, split)
  LEFT JOIN own_spend USING (charge_day, currency, team)
),
-- At most 1e9, so that units times weight stay within a HUGEINT up to a charge of 1e17.
scaled AS (
  SELECT
    charge_day, split, currency, team,
    weight // greatest(1, (max(weight) OVER one_split + 999999999) // 1000000000) AS weight
  FROM weighed
  WINDOW one_split AS (PARTITION BY charge_day, split, currency)
)
SELECT
  charge_day, split, currency, team,
  CASE WHEN sum(weight) OVER one_split = 0 THEN 1 ELSE weight END::HUGEINT AS weight,
  CASE WHEN sum(weight) OVER one_split = 0 THEN count(*) OVER one_split ELSE sum(weight) OVER one_split END::HUGEINT
    AS total_weight
FROM scaled
WINDOW one_split AS (PARTITION BY charge_day, split, currency);

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
    charge_id, cost_basis, team, units,
    abs(units) * weight // total_weight AS share, abs(units) * weight % total_weight AS remainder
  FROM units
  JOIN split_weights USING (charge_day, split, currency)
),
parts AS (
  SELECT
    charge_id, cost_basis, team,
    sign(units)::HUGEINT * (
      share
      + CASE
        WHEN row_number() OVER (one_charge ORDER BY remainder DESC, team)
          <= abs(units) - sum(share) OVER one_charge THEN 1
        ELSE 0
      END
    ) AS units
  FROM shares
  WINDOW one_charge AS (PARTITION BY charge_id, cost_basis)
),
amounts AS (
  SELECT
    charge_id, team, cost_basis, units::DECIMAL(38,0) * 0.0000000001::DECIMAL(11,10) AS amount
  FROM parts
)
SELECT
  shared.charge_day, shared.billing_period, amounts.team,
  -- The split's own name says what was shared, where no rule gives a service.
  CASE WHEN shared.service = 'unassigned' THEN shared.split ELSE shared.service END AS service,
  shared.environment, shared.provider, shared.service_category, shared.service_name, shared.charge_category,
  shared.currency, shared.tagging,
  sum(CASE WHEN cost_basis = 'billed' THEN amount ELSE 0 END) AS billed,
  sum(CASE WHEN cost_basis = 'effective' THEN amount ELSE 0 END) AS effective,
  sum(CASE WHEN cost_basis = 'list' THEN amount ELSE 0 END) AS list,
  sum(CASE WHEN cost_basis = 'contracted' THEN amount ELSE 0 END) AS contracted
FROM amounts
JOIN shared USING (charge_id)
GROUP BY ALL;

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
