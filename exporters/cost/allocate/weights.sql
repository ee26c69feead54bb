-- The weight of each sharer in each split, by day and currency. Usage tells the service and the environment too; there
-- the team '' is the owner of what is split. Else they are NULL.
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
-- Days without usage take the last day's that is not too old.
used AS (
  SELECT charge_day, split, team, service, environment, quantity
  FROM (
    SELECT DISTINCT charge_day, split, usage, carry_days
    FROM allocation_days
    JOIN splits ON valid_from <= charge_day AND charge_day < valid_to
    WHERE method = 'usage'
  )
  JOIN (
    SELECT usage, charge_day AS usage_day, team, service, environment, sum(quantity) AS quantity
    FROM usage_quantities
    WHERE charge_day <= (SELECT max(charge_day) FROM allocation_days)
      AND charge_day >= (SELECT min(charge_day) FROM allocation_days)
        - (SELECT coalesce(max(carry_days), 0) FROM splits)
    GROUP BY ALL
    HAVING sum(quantity) > 0
  ) USING (usage)
  WHERE usage_day BETWEEN charge_day - carry_days AND charge_day
  QUALIFY usage_day = max(usage_day) OVER (PARTITION BY charge_day, split)
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
    charge_day, split, currency, sharers.team, NULL AS service, NULL AS environment,
    CASE
      WHEN method = 'fixed' THEN greatest(coalesce(weight, 0), 0)::HUGEINT
      -- By usage, where there is none.
      WHEN method IN ('proportional', 'usage')
        THEN (greatest(coalesce(effective, 0), 0) * 10000000000::DECIMAL(11,0))::HUGEINT
      ELSE 1::HUGEINT
    END AS weight
  FROM shared
  JOIN sharers USING (charge_day, split)
  LEFT JOIN own_spend USING (charge_day, currency, team)
  WHERE (charge_day, split) NOT IN (SELECT (charge_day, split) FROM used)
  UNION ALL
  SELECT
    charge_day, split, currency, team, service, environment, (quantity * 10000000000::DECIMAL(11,0))::HUGEINT
  FROM shared
  JOIN used USING (charge_day, split)
),
-- At most 1e9, so that units times weight stay within a HUGEINT up to a charge of 1e17.
scaled AS (
  SELECT
    charge_day, split, currency, team, service, environment,
    weight // greatest(1, (max(weight) OVER one_split + 999999999) // 1000000000) AS weight
  FROM weighed
  WINDOW one_split AS (PARTITION BY charge_day, split, currency)
)
SELECT
  row_number() OVER () AS sharer, charge_day, split, currency, team, service, environment,
  CASE WHEN sum(weight) OVER one_split = 0 THEN 1 ELSE weight END::HUGEINT AS weight,
  CASE WHEN sum(weight) OVER one_split = 0 THEN count(*) OVER one_split ELSE sum(weight) OVER one_split END::HUGEINT
    AS total_weight
FROM scaled
WINDOW one_split AS (PARTITION BY charge_day, split, currency);
