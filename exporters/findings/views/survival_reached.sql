-- How many are at risk at the age of 30 days, and what survives of all until then.
limits AS (
  SELECT
    epoch_us(INTERVAL 30 DAY) AS age_limit,
    coalesce((SELECT max(value) FROM settings WHERE name = 'minimum_samples'), 5) AS minimum
),
reached AS (
  SELECT series, coalesce(sum(enters - leaves) FILTER (age < age_limit), 0) AS n
  FROM ages
  CROSS JOIN limits
  GROUP BY series
),
told AS (
  SELECT series, min(surviving) AS surviving
  FROM survival
  CROSS JOIN limits
  WHERE age <= age_limit
  GROUP BY series
)
